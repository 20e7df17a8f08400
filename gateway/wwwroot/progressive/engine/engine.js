import { Failure, asFailure } from '../../window/engine/failure.js';
import { Recovery } from '../../window/engine/recovery.js';
import { TrackBuffer } from './buffer.js';
import { begun } from './chunks.js';
import { browserMeans, openMediaSource } from './opening.js';
import { Plan } from './plan.js';
import { Bell } from './waits.js';

/** Seconds ahead below which somebody is about to wait. */
const urgent = 0.5;

/**
 * Plays one track, chunk by chunk, through a MediaSource of its own.
 *
 * One run at a time brings chunks: the first missing one from the place of play on, one after the other, and waits where there are enough. A new run begins in one way only, whether a person sought a
 * place that is not there or wants another sound: `#restart`. It raises the generation, aborts the old run, *awaits it*, and only then touches the buffer. A piece that comes for an older generation is
 * dropped and counted (`late`).
 *
 * A chunk that fails is asked for again, and never passed over: what is in the buffer plays on, then play waits there.
 *
 * Whoever wants another sound hears the old one until the chunk of the new one is there, from the same place on. Nothing here runs on a timer but the pauses between attempts: the element's reports
 * of its place keep it going.
 */
export class Engine {
  #element;
  #source;
  #means;
  #life = new AbortController();
  #mediaSource = null;
  #track = null;
  #buffer = null;
  #plan = null;
  #settings;
  #generation = 0;
  #run = null;
  #running = Promise.resolve();
  #bell = new Bell();
  #recovery;
  #bringing = null;
  #isWanted = false;
  #isWaiting = true;
  #startedAt;
  #wantedSeconds = 0;

  /** What went wrong and is tried again, and what ended play until somebody asks for more. */
  trouble = null;
  failure = null;

  restarts = 0;
  late = 0;

  /** Milliseconds from `play` to the first movement. */
  firstSoundMs = null;

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
    this.#settings = settings;
    this.#means = { ...browserMeans(), ...means };
    this.#recovery = new Recovery(this.#means.clock);
    this.#startedAt = this.#means.since;
  }

  get track() { return this.#track; }
  get duration() { return this.#track?.duration ?? null; }
  get settings() { return this.#settings; }
  get position() { return this.#track === null ? this.#wantedSeconds : this.#element.currentTime; }

  /** Whether the sound can be changed while it plays. */
  get takesSettings() { return true; }

  /** `opening`, `playing`, `paused`, `waiting` for data, `ended` or `failed`. */
  get state() {
    if (this.failure !== null) return 'failed';
    if (this.#track === null) return 'opening';
    if (this.#element.ended) return 'ended';
    if (this.#element.paused) return 'paused';
    return this.#isWaiting ? 'waiting' : 'playing';
  }

  get figures() {
    const { ahead, behind } = this.#buffer?.around(this.position) ?? { ahead: 0, behind: 0 };
    const { appends, removals, quotas } = this.#buffer ?? { appends: 0, removals: 0, quotas: 0 };
    return {
      state: this.state, position: this.position, duration: this.duration, chunk: this.#track?.indexAt(this.position) ?? null, chunks: this.#track?.count ?? null, bringing: this.#bringing,
      ahead, behind, appends, removals, quotas, restarts: this.restarts, generation: this.#generation, late: this.late, firstSoundMs: this.firstSoundMs, ranges: this.#buffer?.ranges ?? [],
      ...this.#source.figures,
    };
  }

  /** Opens the track at a place. Failures are told, never thrown. */
  async open(seconds = 0) {
    const { signal } = this.#life;
    this.#startedAt ??= this.#means.clock.now();
    this.#wantedSeconds = seconds;
    this.failure = null;
    this.#listen(signal);
    // The first chunk takes longest, and which one it is at the beginning needs no telling.
    const own = new AbortController();
    signal.addEventListener('abort', () => own.abort(signal.reason), { once: true });
    const first = seconds === 0 ? { own, pieces: begun(this.#pieces(0, own.signal)) } : null;
    try {
      const opening = openMediaSource(this.#element, this.#means, signal);
      opening.catch(() => {});
      const track = await this.#described(signal);
      const { mediaSource, sourceBuffer } = (await opening).add(track);
      this.#mediaSource = mediaSource;
      this.#buffer = new TrackBuffer(sourceBuffer, this.#element, this.#means.clock);
      this.#plan = new Plan(track, this.#buffer, this.#settings);
      this.#track = track;
      for (const event of ['startstreaming', 'endstreaming']) mediaSource.addEventListener(event, () => this.#bell.ring(), { signal });
      sourceBuffer.addEventListener('bufferedchange', () => this.#bell.ring(), { signal });
      if (seconds > 0) this.#element.currentTime = Math.min(seconds, track.duration);
      this.#restart(0, first);
    } catch (error) {
      own.abort();
      if (!signal.aborted) this.#fail(asFailure(error));
    }
    this.onChange();
  }

  async #described(signal) {
    for (;;) {
      try {
        return await this.#source.describe(signal);
      } catch (error) {
        signal.throwIfAborted();
        await this.#pause(asFailure(error), true, signal);
      }
    }
  }

  #listen(signal) {
    const on = (event, hear) => this.#element.addEventListener(event, hear, { signal });
    on('timeupdate', () => {
      this.#noteSound();
      this.#bell.ring();
    });
    on('waiting', () => this.#setWaiting(true));
    on('playing', () => {
      this.#setWaiting(false);
      void this.#watchStart(signal);
    });
    on('canplay', () => this.#setWaiting(false));
    on('seeking', () => this.#sought());
    for (const event of ['play', 'pause', 'ended']) on(event, () => this.onChange());
    on('error', () => this.#fail(new Failure('format', this.#element.error?.message || 'The browser gave up playing.')));
  }

  #setWaiting(isWaiting) {
    this.#isWaiting = isWaiting;
    if (isWaiting) this.#bell.ring();
    this.onChange();
  }

  #noteSound() {
    if (this.firstSoundMs !== null || !(this.#element.currentTime > this.#wantedSeconds)) return;
    this.firstSoundMs = this.#means.clock.now() - this.#startedAt;
    this.onChange();
  }

  /** The element tells of its place four times a second, which is too seldom for measuring a start. */
  async #watchStart(signal) {
    while (this.firstSoundMs === null && !signal.aborted && !this.#element.paused) {
      this.#noteSound();
      await this.#means.clock.delay(10, signal).catch(() => {});
    }
  }

  /** To be called in the click itself: browsers allow sound in one only. */
  play() {
    this.#isWanted = true;
    this.#startedAt ??= this.#means.clock.now();
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
    if (this.#track === null) {
      this.#wantedSeconds = Math.max(0, seconds);
      return;
    }
    this.#element.currentTime = Math.min(Math.max(0, seconds), this.#track.duration);
    if (this.failure !== null) void this.retry();
  }

  /** Another sound from here on. */
  switchTo(settings) {
    this.#settings = settings;
    if (this.#track === null || this.failure !== null) return;
    this.#plan.settings = settings;
    this.#restart(this.#track.indexAt(this.position));
    this.onChange();
  }

  /** Goes on after a failure at the same place; what the browser has given up is opened anew. */
  async retry() {
    const { failure } = this;
    if (failure === null) return;
    this.failure = this.trouble = null;
    this.#recovery.succeeded();
    if (this.#track === null || !failure.passes || this.#element.error) {
      const at = this.position;
      await this.close();
      this.#life = new AbortController();
      const opened = this.open(at);
      if (this.#isWanted) this.play();
      await opened;
      return;
    }
    this.#restart(0);
    if (this.#isWanted) this.play();
  }

  /** Ends everything that is under way, and leaves the element empty. */
  async close() {
    this.#life.abort();
    this.#generation++;
    this.#run?.abort();
    await this.#running;
    await this.#buffer?.idle();
    this.#mediaSource = this.#track = this.#buffer = this.#plan = null;
    this.#element.removeAttribute('src');
    this.#element.load();
  }

  #sought() {
    if (this.#track === null) return;
    const { currentTime } = this.#element;
    const index = this.#track.indexAt(currentTime);
    // What is being brought for just this place is waited for, not asked for anew.
    if (!this.#plan.has(index, currentTime) && this.#bringing !== index) this.#restart();
    else this.#bell.ring();
  }

  /** @param {number} [keep] the first chunk that may sound as before until the wanted sound is there; none after a seek */
  #restart(keep = Infinity, first = null) {
    const generation = ++this.#generation;
    const own = first?.own ?? new AbortController();
    const before = this.#running;
    this.#run?.abort();
    this.#run = own;
    this.#running = (async () => {
      await before;
      if (generation !== this.#generation || this.failure !== null) return;
      this.restarts++;
      try {
        await this.#plan.dropOthers(keep);
        await this.#go(first?.pieces ?? null, own.signal);
      } catch (error) {
        if (!own.signal.aborted) this.#fail(asFailure(error));
      }
    })();
  }

  async #go(first, signal) {
    let early = first;
    for (;;) {
      signal.throwIfAborted();
      await this.#plan.trim(this.position);
      const index = this.#mediaSource.streaming === false ? null : this.#plan.next(this.position);
      if (index === null) {
        this.#finish();
        await this.#bell.heard(signal);
        continue;
      }
      const pieces = early !== null && index === 0 ? early : this.#pieces(index, signal);
      early = null;
      await this.#bring(index, pieces, signal);
    }
  }

  /** One attempt at one chunk; where it fails, the pause until the next one. */
  async #bring(index, pieces, signal) {
    const settings = this.#settings;
    this.#bringing = index;
    let isBegun = false;
    try {
      for await (const piece of pieces) {
        if (signal.aborted) this.late++;
        signal.throwIfAborted();
        if (!isBegun) this.#plan.begin(index);
        isBegun = true;
        await this.#buffer.append(piece, signal);
      }
      this.#plan.complete(index, settings);
      // Else it would be asked for again at once, and for ever.
      if (!this.#plan.has(index, this.position) && this.#track.indexAt(this.position) <= index) throw new Failure('network', `Chunk ${index + 1} came without all of its sound.`, { status: 0 });
      this.#succeeded();
    } catch (error) {
      if (isBegun) await this.#buffer.reset();
      signal.throwIfAborted();
      await this.#pause(asFailure(error), this.#buffer.around(this.position).ahead < urgent, signal);
    } finally {
      this.#bringing = null;
    }
  }

  #pieces(index, signal) {
    const chunk = this.#track?.chunks[index];
    const told = { duration: chunk === undefined ? null : chunk.end - chunk.start, ahead: this.#buffer?.around(this.position).ahead ?? 0, isStart: this.firstSoundMs === null };
    return this.#source.read(index, this.#settings, told, signal);
  }

  /** Tells the browser that nothing more comes, so that it plays to the end and says so. */
  #finish() {
    if (this.#mediaSource.readyState === 'open' && this.#plan.isWhole(this.position)) this.#mediaSource.endOfStream();
  }

  async #pause(failure, isUrgent, signal) {
    const pause = this.#recovery.failed(failure, isUrgent);
    if (pause === null) throw failure;
    this.trouble = failure;
    this.onChange();
    await this.#means.clock.delay(pause, signal);
  }

  #succeeded() {
    this.#recovery.succeeded();
    this.trouble = null;
    this.onChange();
  }

  #fail(failure) {
    if (this.failure !== null) return;
    this.failure = failure;
    this.trouble = null;
    this.#generation++;
    this.#run?.abort();
    this.onChange();
  }
}
