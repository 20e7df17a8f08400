import { seedFrom } from '../queue/shuffle.js';
import { repeats } from '../queue/queue.js';
import { commandOf, helpRows } from './keyboard.js';
import { SeekBar } from './seek-bar.js';
import { TrackMenus } from './track-menus.js';

const repeatLabels = { off: 'Repeat: off', all: 'Repeat: all', one: 'Repeat: this title' };

/** The buttons below the video, and the same by keys. */
export class ControlBar {
  #at = id => document.getElementById(id);
  #video;
  #playout;
  #queue;
  #seek;
  #menus;
  #changed;
  #copy;

  /**
   * @param {HTMLVideoElement} video
   * @param {import('../playout.js').Playout} playout
   * @param {import('../queue/queue.js').Queue} queue
   * @param {{changed: () => void, copy: () => void}} page changed: of the queue's order
   */
  constructor(video, playout, queue, { changed, copy }) {
    this.#video = video;
    this.#playout = playout;
    this.#queue = queue;
    this.#changed = changed;
    this.#copy = copy;
    this.#seek = new SeekBar(video, () => playout.playback?.play());
    this.#menus = new TrackMenus(() => playout.playback?.player ?? null);
    for (const [id, act] of [['toggle', 'toggle'], ['previous', 'previous'], ['next', 'next'], ['repeat', 'repeat'], ['shuffle', 'shuffle'], ['mute', 'mute'], ['link', 'link'], ['keys', 'help'], ['full', 'fullscreen']]) {
      this.#at(id).addEventListener('click', () => this.#do({ act }));
    }
    this.#at('volume').addEventListener('input', event => this.#setVolume(Number(event.target.value)));
    video.addEventListener('click', () => this.#do({ act: 'toggle' }));
    video.addEventListener('dblclick', () => this.#do({ act: 'fullscreen' }));
    video.addEventListener('volumechange', () => this.#showVolume());
    document.addEventListener('keydown', event => {
      const command = document.querySelector('dialog[open]') === null ? commandOf(event) : null;
      if (command !== null) {
        event.preventDefault();
        this.#do(command);
      }
    });
    this.#at('help-rows').replaceChildren(...helpRows());
    this.#at('full').hidden = !document.fullscreenEnabled;
    this.#showVolume();
  }

  /** @param {import('../state.js').PlayerState} state */
  show(state) {
    this.#seek.show(state);
    this.#menus.show(state);
    const isMoving = ['playing', 'rebuffering', 'loading'].includes(state.phase);
    this.#set('toggle', isMoving ? 'pause' : 'play', isMoving ? 'Pause (K)' : 'Play (K)');
    this.#at('previous').disabled = state.phase === 'idle';
    this.#at('next').disabled = this.#queue.next === null || this.#queue.next === this.#queue.current;
    this.#set('repeat', this.#queue.repeat === 'one' ? 'repeat-one' : 'repeat', `${repeatLabels[this.#queue.repeat]} (R)`, this.#queue.repeat !== 'off');
    this.#set('shuffle', 'shuffle', this.#queue.seed === null ? 'Shuffle: off (S)' : 'Shuffle: on (S)', this.#queue.seed !== null);
  }

  #do({ act, by }) {
    const video = this.#video;
    const queue = this.#queue;
    const acts = {
      toggle: () => this.#toggle(),
      seek: () => this.#seek.by(by),
      share: () => this.#seek.toShare(by),
      live: () => this.#seek.goLive(),
      next: () => this.#playout.next(),
      previous: () => this.#playout.previous(),
      repeat: () => {
        queue.setRepeat(repeats[(repeats.indexOf(queue.repeat) + 1) % repeats.length]);
        this.#changed();
      },
      shuffle: () => {
        queue.shuffle(queue.seed === null ? seedFrom(queue.items, queue.current) : null);
        this.#changed();
      },
      volume: () => this.#setVolume(video.volume + by),
      mute: () => {
        video.muted = !video.muted;
        // The next Play begins as the viewer has it now.
        this.#at('choice').muted.checked = video.muted;
      },
      subtitles: () => this.#menus.toggleSubtitles(),
      fullscreen: () => (document.fullscreenElement === null ? this.#at('stage').requestFullscreen?.() : document.exitFullscreen()),
      link: () => this.#copy(),
      help: () => this.#at('help').showModal(),
    };
    acts[act]();
  }

  /** Where nothing plays yet, or no longer, the button is the form's. */
  #toggle() {
    if (this.#playout.playback === null) {
      this.#at('choice').requestSubmit();
    } else if (this.#playout.playback.read().fatalError !== null) {
      this.#playout.retry();
    } else {
      this.#playout.playback.toggle();
    }
  }

  #setVolume(volume) {
    this.#video.volume = Math.min(1, Math.max(0, volume));
    this.#video.muted = this.#video.volume === 0;
  }

  #showVolume() {
    const { muted, volume } = this.#video;
    this.#at('volume').value = String(muted ? 0 : volume);
    this.#at('volume').style.setProperty('--played', `${muted ? 0 : volume * 100}%`);
    this.#set('mute', muted ? 'muted' : 'sound', muted ? 'Sound on (M)' : 'Sound off (M)');
  }

  /** @param {boolean} [isPressed] for a button that stays down */
  #set(id, icon, label, isPressed) {
    const button = this.#at(id);
    if (button.dataset.icon !== icon || button.title !== label) {
      button.dataset.icon = icon;
      button.querySelector('use').setAttribute('href', `#icon-${icon}`);
      button.title = label;
      button.setAttribute('aria-label', label);
      if (isPressed !== undefined) {
        button.setAttribute('aria-pressed', String(isPressed));
      }
    }
  }
}
