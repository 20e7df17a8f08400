import { Failure, asFailure } from '../../window/engine/failure.js';
import { Attempts } from './attempts.js';
import { FirstSound } from './first-sound.js';
import { ChunkLoader } from './loader.js';
import { browserMeans, openMediaSource } from './opening.js';

/**
 * Plays one track, chunk by chunk, through a MediaSource of its own: hears what the element tells and what a person wants, and has `ChunkLoader` bring what is missing.
 *
 * Where a chunk fails, what is in the buffer plays on, then play waits there. Whoever wants another sound hears the old one until the chunk of the new one is there, from the same place on. Nothing
 * here runs on a timer but the pauses between attempts and the measuring of a start: the element's reports of its place keep it going.
 */
export class Engine {
  #element;
  #source;
  #means;
  #attempts;
  #firstSound;
  #loader;
  #life = new AbortController();
  #isWanted = false;
  #isWaiting = true;
  #wantedSeconds = 0;

  /** Whether the browser wants a click before it sounds. */
  isRefused = false;

  onChange = () => {};

  /**
   * @param {HTMLMediaElement} element which is this engine's alone until it is closed
   * @param {import('./chunks.js').ChunkSource} source
   * @param {{enhanced: boolean, preset: string, intensity: number}} settings
   * @param {object} [means] what tests replace; `kind`: MediaSource or ManagedMediaSource; `since`: when somebody asked for it, by the clock
   */
  constructor(element, source, settings, means = {}) {
    this.#element = element;
    this.#source = source;
    this.#means = { ...browserMeans(), ...means };
    const { clock, since } = this.#means;
    this.#attempts = new Attempts(clock);
    this.#firstSound = new FirstSound(element, clock, () => this.#wantedSeconds, since);
    this.#loader = new ChunkLoader(element, source, settings, { clock, attempts: this.#attempts, firstSound: this.#firstSound });
    this.#attempts.onChange = this.#firstSound.onHeard = () => this.onChange();
    this.#loader.onFailure = failure => this.#fail(failure);
  }

  get track() { return this.#loader.track; }
  get duration() { return this.track?.duration ?? null; }
  get settings() { return this.#loader.settings; }
  get position() { return this.track === null ? this.#wantedSeconds : this.#element.currentTime; }

  /** What went wrong and is tried again, and what ended play until somebody asks for more. */
  get trouble() { return this.#attempts.trouble; }
  get failure() { return this.#attempts.failure; }

  get restarts() { return this.#loader.restarts; }
  get late() { return this.#loader.late; }

  /** Whether it is to play. */
  get isWanted() { return this.#isWanted; }

  /** Milliseconds from `play` to the first movement. */
  get firstSoundMs() { return this.#firstSound.milliseconds; }

  /** Whether the sound can be changed while it plays. */
  get takesSettings() { return true; }

  /** `opening`, `playing`, `paused`, `waiting` for data, `ended` or `failed`. */
  get state() {
    if (this.failure !== null) return 'failed';
    if (this.track === null) return 'opening';
    if (this.#element.ended) return 'ended';
    if (this.#element.paused) return 'paused';
    return this.#isWaiting ? 'waiting' : 'playing';
  }

  get figures() {
    return { state: this.state, position: this.position, duration: this.duration, firstSoundMs: this.firstSoundMs, ...this.#loader.figures };
  }

  /** Opens the track at a place. Failures are told, never thrown. */
  async open(seconds = 0) {
    const { signal } = this.#life;
    this.#firstSound.asked();
    this.#wantedSeconds = seconds;
    this.#attempts.failure = null;
    this.#listen(signal);
    const first = seconds === 0 ? this.#loader.beginEarly(signal) : null;
    try {
      const opening = openMediaSource(this.#element, this.#means, signal);
      opening.catch(() => {});
      const track = await this.#attempts.untilDone(() => this.#source.describe(signal), signal);
      this.#loader.adopt(track, (await opening).add(track), signal);
      // Which may be another place by now.
      if (this.#wantedSeconds > 0) this.#element.currentTime = Math.min(this.#wantedSeconds, track.duration);
      this.#loader.begin(first);
    } catch (error) {
      first?.own.abort();
      if (!signal.aborted) this.#fail(asFailure(error));
    }
    this.onChange();
  }

  #listen(signal) {
    const on = (event, hear) => this.#element.addEventListener(event, hear, { signal });
    on('timeupdate', () => {
      this.#firstSound.look();
      this.#loader.wake();
    });
    on('waiting', () => this.#setWaiting(true));
    on('playing', () => {
      this.#setWaiting(false);
      void this.#firstSound.watch(signal);
    });
    on('canplay', () => this.#setWaiting(false));
    on('seeking', () => {
      if (this.track !== null) this.#loader.sought();
    });
    for (const event of ['play', 'pause', 'ended']) on(event, () => this.onChange());
    on('error', () => this.#fail(new Failure('format', this.#element.error?.message || 'The browser gave up playing.')));
  }

  #setWaiting(isWaiting) {
    this.#isWaiting = isWaiting;
    if (isWaiting) this.#loader.wake();
    this.onChange();
  }

  /** To be called in the click itself: browsers allow sound in one only. */
  play() {
    this.#isWanted = true;
    this.#firstSound.asked();
    if (this.failure !== null) {
      void this.retry();
      return;
    }
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
    if (this.track === null) {
      this.#wantedSeconds = Math.max(0, seconds);
      return;
    }
    this.#element.currentTime = Math.min(Math.max(0, seconds), this.duration);
    if (this.failure !== null) void this.retry();
  }

  /** Another sound from here on. */
  switchTo(settings) {
    if (this.track === null || this.failure !== null) {
      this.#loader.settings = settings;
      return;
    }
    this.#loader.switchTo(settings);
    this.onChange();
  }

  /** Goes on after a failure at the same place; what the browser has given up is opened anew. */
  async retry() {
    const { failure } = this;
    if (failure === null) return;
    this.#attempts.beginAnew();
    if (this.track === null || !failure.passes || this.#element.error) {
      const at = this.position;
      await this.close();
      this.#life = new AbortController();
      const opened = this.open(at);
      if (this.#isWanted) this.play();
      await opened;
      return;
    }
    this.#loader.restart(0);
    if (this.#isWanted) this.play();
  }

  /** Ends everything that is under way, and leaves the element empty. */
  async close() {
    this.#life.abort();
    await this.#loader.close();
    this.#element.removeAttribute('src');
    this.#element.load();
  }

  #fail(failure) {
    if (!this.#attempts.end(failure)) return;
    this.#loader.stop();
    this.onChange();
  }
}
