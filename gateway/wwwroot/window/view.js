import * as words from '../js/words.js';

const phases = {
  idle: 'Nothing yet', opening: 'Opening', playing: 'Playing', paused: 'Paused', waiting: 'Waiting for data', ended: 'Played to the end', failed: 'Stopped',
};

/** Shows what the engine tells. Everything is written as text, so that nothing from the network is read as markup. */
export class View {
  #at = id => document.getElementById(id);
  #written = new Map();
  #waveform = null;
  #isDragging = false;

  constructor() {
    const seek = this.#at('seek');
    seek.addEventListener('pointerdown', () => { this.#isDragging = true; });
    for (const name of ['pointerup', 'pointercancel', 'change']) seek.addEventListener(name, () => { this.#isDragging = false; });
  }

  set waveform(waveform) {
    this.#waveform = waveform;
  }

  /** @param {import('./engine/engine.js').Engine | null} engine */
  show(engine) {
    const figures = engine?.figures ?? null;
    const format = engine?.format ?? null;
    const phase = figures?.state ?? 'idle';
    this.#at('phase').dataset.phase = phase;
    this.#write('phase', phases[phase]);
    this.#write('format', format === null ? '–' : `${format.name} ${format.detail}`);
    this.#write('format-note', format === null ? '' : `${format.sampleRate / 1000} kHz, ${format.channels} ch${format.isExact ? '' : ', seeks are near'}`);
    this.#write('ahead', format === null ? '–' : words.seconds(figures.ahead));
    this.#write('behind', format === null ? '' : `${words.seconds(figures.behind)} behind`);
    this.#write('memory', format === null ? '–' : words.bytes(figures.windowBytes));
    this.#write('memory-note', format === null ? '' : `of ${words.bytes(decodedSize(format))} decoded`);
    this.#write('requests-count', String(figures?.requests ?? 0));
    this.#write('requests-note', figures?.failures > 0 ? `${figures.failures} failed` : '');
    this.#write('received', words.bytes(figures?.received ?? 0));
    this.#write('received-note', Number.isFinite(figures?.length) && figures.length > 0 ? `of ${words.bytes(figures.length)}` : '');
    this.#write('gaps', String(figures?.starvations ?? 0));
    this.#write('gaps-note', figures?.stalePushes > 0 ? `${figures.stalePushes} stale` : '');
    this.#write('restarts', String(figures?.restarts ?? 0));
    this.#write('position', words.clock(figures?.position ?? 0));
    this.#write('duration', figures?.duration ? words.clock(figures.duration) : '–');
    this.#write('play', phase === 'playing' || phase === 'waiting' ? 'Pause' : 'Play');
    for (const id of ['play', 'back', 'forward', 'seek']) this.#at(id).disabled = engine === null || (id !== 'play' && format === null);
    this.#place(figures);
  }

  draw(engine) {
    const canvas = this.#at('wave');
    const scale = globalThis.devicePixelRatio ?? 1;
    const [width, height] = [canvas.clientWidth * scale, canvas.clientHeight * scale].map(Math.round);
    if (width === 0) return;
    if (canvas.width !== width || canvas.height !== height) Object.assign(canvas, { width, height });
    const pen = canvas.getContext('2d');
    const style = getComputedStyle(document.documentElement);
    const colours = { held: style.getPropertyValue('--buffer'), rest: style.getPropertyValue('--line-strong') };
    const figures = engine?.figures;
    const duration = figures?.duration || 1;
    pen.clearRect(0, 0, width, height);
    const step = Math.max(2, Math.round(3 * scale));
    for (let x = 0; x < width; x += step) {
      const { low, high } = this.#waveform?.at(x / width, step / width) ?? { low: -0.04, high: 0.04 };
      const seconds = (x / width) * duration;
      const isHeld = figures !== undefined && seconds + (step / width) * duration >= figures.from && seconds <= figures.to && figures.to > figures.from;
      pen.fillStyle = isHeld ? colours.held : colours.rest;
      const top = (height / 2) * (1 - Math.max(high, 0.02));
      pen.fillRect(x, top, step - scale, Math.max(2, (height / 2) * (1 - Math.min(low, -0.02)) - top));
    }
  }

  #place(figures) {
    const seek = this.#at('seek');
    if (this.#isDragging || !figures?.duration) return;
    seek.max = String(Math.max(1, Math.floor(figures.duration)));
    seek.value = String(Math.floor(figures.position));
    seek.setAttribute('aria-valuetext', `${words.clock(figures.position)} of ${words.clock(figures.duration)}`);
  }

  #write(id, text) {
    if (this.#written.get(id) === text) return;
    this.#written.set(id, text);
    this.#at(id).textContent = text;
  }
}

/** What the whole file would take. */
function decodedSize(format) {
  return format.frames * format.channels * 4;
}
