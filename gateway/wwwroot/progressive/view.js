import * as words from '../js/words.js';
import { paths, phases } from './words.js';

/** Shows what a play tells. Everything is written as text, so that nothing from the network is read as markup. */
export class View {
  #at = id => document.getElementById(id);
  #written = new Map();
  #isDragging = false;

  constructor() {
    const seek = this.#at('seek');
    seek.addEventListener('pointerdown', () => { this.#isDragging = true; });
    for (const name of ['pointerup', 'pointercancel', 'change']) seek.addEventListener(name, () => { this.#isDragging = false; });
  }

  /** @param {import('./player.js').Player | null} player */
  show(player) {
    const figures = player?.playback?.figures ?? null;
    const phase = figures?.state ?? (player === null ? 'idle' : 'opening');
    this.#at('phase').dataset.phase = phase;
    this.#write('phase', phases[phase]);
    this.#write('phase-note', phase === 'waiting' && figures.bringing != null ? `chunk ${figures.bringing + 1} is on its way` : '');
    this.#write('path', player?.path ? paths[player.path] : '–');
    this.#at('path').dataset.path = player?.path ?? '';
    this.#write('path-note', player?.reason ?? '');
    this.#write('chunk', figures?.chunk == null ? '–' : `${figures.chunk + 1} of ${figures.chunks}`);
    this.#write('chunk-note', figures?.bringing == null ? '' : `loading ${figures.bringing + 1}`);
    this.#write('ahead', figures === null ? '–' : words.seconds(figures.ahead));
    this.#write('behind', figures === null ? '' : `${words.seconds(figures.behind)} behind`);
    this.#write('start', figures?.firstSoundMs == null ? '–' : `${(figures.firstSoundMs / 1000).toFixed(2)} s`);
    this.#write('stalls', String(player?.stalls ?? 0));
    this.#write('received', words.bytes(figures?.received ?? 0));
    this.#write('received-note', figures?.requests === undefined ? '' : `${figures.requests} requests${figures.failures > 0 ? `, ${figures.failures} failed` : ''}`);
    this.#write('sources', figures?.sources === undefined ? '–' : `${figures.sources.buffer} / ${figures.sources.cache} / ${figures.sources.origin}`);
    this.#write('position', words.clock(figures?.position ?? 0));
    this.#write('duration', figures?.duration ? words.clock(figures.duration) : '–');
    this.#write('play', phase === 'playing' || phase === 'waiting' ? 'Pause' : 'Play');
    for (const id of ['play', 'back', 'forward', 'seek']) this.#at(id).disabled = figures === null || (id !== 'play' && !figures.duration);
    for (const name of ['enhanced', 'preset', 'intensity']) this.#at(name).disabled = player?.playback?.takesSettings === false;
    this.#place(figures);
    this.#stretches(figures);
  }

  #place(figures) {
    const seek = this.#at('seek');
    if (this.#isDragging || !figures?.duration) return;
    seek.max = String(figures.duration);
    seek.value = String(figures.position);
    seek.setAttribute('aria-valuetext', `${words.clock(figures.position)} of ${words.clock(figures.duration)}`);
  }

  /** What is in the buffer, under the slider. */
  #stretches(figures) {
    const canvas = this.#at('held');
    const scale = globalThis.devicePixelRatio ?? 1;
    const [width, height] = [canvas.clientWidth * scale, canvas.clientHeight * scale].map(Math.round);
    if (width === 0) return;
    Object.assign(canvas, { width, height });
    const pen = canvas.getContext('2d');
    const style = getComputedStyle(document.documentElement);
    pen.fillStyle = style.getPropertyValue('--line');
    pen.fillRect(0, 0, width, height);
    if (!figures?.duration) return;
    pen.fillStyle = style.getPropertyValue('--buffer');
    for (const [start, end] of figures.ranges) pen.fillRect((start / figures.duration) * width, 0, Math.max(scale, ((end - start) / figures.duration) * width), height);
    pen.fillStyle = style.getPropertyValue('--accent');
    pen.fillRect((figures.position / figures.duration) * width - scale, 0, 2 * scale, height);
  }

  #write(id, text) {
    if (this.#written.get(id) === text) return;
    this.#written.set(id, text);
    this.#at(id).textContent = text;
  }
}
