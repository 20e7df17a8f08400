import { Failure } from '../../window/engine/failure.js';
import { systemClock } from '../../window/engine/clock.js';
import { FirstSound } from './first-sound.js';

/** Plays what the browser plays by itself, a playlist or a whole file: the same outside as `Engine`, and nothing inside but the element. */
export class PlainPlayback {
  #element;
  #address;
  #firstSound;
  #life = new AbortController();
  #isOpen = false;
  #isWanted = false;
  #isWaiting = true;
  #wantedSeconds = 0;

  trouble = null;
  failure = null;

  /** Whether the browser wants a click before it sounds. */
  isRefused = false;

  onChange = () => {};

  /**
   * @param {HTMLMediaElement} element
   * @param {(signal: AbortSignal) => Promise<string | null>} address null where the title has none
   * @param {{clock?: object, since?: number}} [means]
   */
  constructor(element, address, { clock = systemClock, since } = {}) {
    this.#element = element;
    this.#address = address;
    this.#firstSound = new FirstSound(element, clock, () => this.#wantedSeconds, since);
  }

  get takesSettings() { return false; }

  /** Whether it is to play. */
  get isWanted() { return this.#isWanted; }
  get firstSoundMs() { return this.#firstSound.milliseconds; }
  get duration() { return Number.isFinite(this.#element.duration) ? this.#element.duration : null; }
  get position() { return this.#isOpen ? this.#element.currentTime : this.#wantedSeconds; }

  get state() {
    if (this.failure !== null) return 'failed';
    if (!this.#isOpen) return 'opening';
    if (this.#element.ended) return 'ended';
    if (this.#element.paused) return 'paused';
    return this.#isWaiting ? 'waiting' : 'playing';
  }

  get figures() {
    const { buffered } = this.#element;
    const ranges = Array.from({ length: buffered.length }, (_, n) => [buffered.start(n), buffered.end(n)]);
    const [start, end] = ranges.find(([first, last]) => first <= this.position && this.position <= last) ?? [this.position, this.position];
    return {
      state: this.state, position: this.position, duration: this.duration, chunk: null, chunks: null, ahead: end - this.position, behind: this.position - start, ranges, firstSoundMs: this.firstSoundMs,
    };
  }

  /** Done when the browser knows what it has got, or has said that it does not play it. */
  async open(seconds = 0) {
    const { signal } = this.#life;
    this.#firstSound.asked();
    this.#wantedSeconds = seconds;
    const on = (event, hear) => this.#element.addEventListener(event, hear, { signal });
    on('waiting', () => this.#setWaiting(true));
    on('canplay', () => this.#setWaiting(false));
    on('playing', () => {
      this.#setWaiting(false);
      void this.#firstSound.watch(signal).then(() => this.onChange());
    });
    for (const event of ['play', 'pause', 'ended', 'durationchange']) on(event, () => this.onChange());
    on('error', () => this.#fail(new Failure('unplayable', this.#element.error?.message || 'The browser does not play it.')));
    try {
      const url = await this.#address(signal);
      signal.throwIfAborted();
      if (url === null) {
        this.#fail(new Failure('unplayable', 'This track has no whole file, and no playlist.'));
        return;
      }
      const known = this.#known(signal);
      this.#element.src = url;
      this.#isOpen = true;
      if (this.#wantedSeconds > 0) this.#element.currentTime = this.#wantedSeconds;
      if (this.#isWanted) this.#start();
      await known;
    } catch (error) {
      if (!signal.aborted) this.#fail(new Failure('network', error?.message ?? 'The network failed.', { status: 0 }));
    }
    this.onChange();
  }

  #known(signal) {
    return new Promise(resolve => {
      for (const event of ['loadedmetadata', 'error']) this.#element.addEventListener(event, resolve, { once: true, signal });
      signal.addEventListener('abort', resolve, { once: true });
    });
  }

  play() {
    this.#firstSound.asked();
    this.#isWanted = true;
    if (this.failure !== null) void this.retry();
    else if (this.#isOpen) this.#start();
  }

  #start() {
    this.isRefused = false;
    this.#element.play()?.catch(error => {
      this.isRefused = error?.name === 'NotAllowedError';
      this.onChange();
    });
    this.onChange();
  }

  pause() {
    this.#isWanted = false;
    this.#element.pause();
  }

  seek(seconds) {
    this.#wantedSeconds = Math.max(0, seconds);
    if (this.#isOpen) this.#element.currentTime = this.#wantedSeconds;
  }

  switchTo() {}

  /** Opens it anew at the same place. Where that fails, too, somebody has to ask again. */
  async retry() {
    const at = this.position;
    await this.close();
    this.#life = new AbortController();
    this.failure = null;
    await this.open(at);
  }

  async close() {
    this.#life.abort();
    this.#isOpen = false;
    this.#element.removeAttribute('src');
    this.#element.load();
  }

  #setWaiting(isWaiting) {
    this.#isWaiting = isWaiting;
    this.onChange();
  }

  #fail(failure) {
    if (this.failure !== null) return;
    this.failure = failure;
    this.onChange();
  }
}
