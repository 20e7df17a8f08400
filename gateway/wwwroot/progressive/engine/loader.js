import { Failure, asFailure } from '../../window/engine/failure.js';
import { TrackBuffer } from './buffer.js';
import { begun } from './chunks.js';
import { Plan } from './plan.js';
import { nameOf } from './track.js';
import { Bell } from './waits.js';

/** Seconds ahead below which somebody is about to wait. */
const urgent = 0.5;

/**
 * Brings the chunks of a track into its buffer, in one run at a time: the first missing one from the place of play on, one after the other, and waits where there are enough.
 *
 * A new run begins in one way only, whether a person sought a place that is not there or wants another sound: `restart`. It raises the generation, aborts the old run, *awaits it*, and only then
 * touches the buffer. A piece that comes for an older generation is dropped and counted (`late`).
 *
 * A chunk that fails is asked for again, and never passed over. Where there is no attempt left the run ends, and says so (`onFailure`).
 */
export class ChunkLoader {
  #element;
  #source;
  #clock;
  #attempts;
  #firstSound;
  #settings;
  #mediaSource = null;
  #buffer = null;
  #plan = null;
  #generation = 0;
  #run = null;
  #running = Promise.resolve();
  #bell = new Bell();
  #bringing = null;

  /** Null until it is known. */
  track = null;
  restarts = 0;
  late = 0;

  onFailure = () => {};

  /**
   * @param {HTMLMediaElement} element
   * @param {import('./chunks.js').ChunkSource} source
   * @param {{enhanced: boolean, preset: string, intensity: number}} settings
   * @param {{clock: object, attempts: import('./attempts.js').Attempts, firstSound: import('./first-sound.js').FirstSound}} means
   */
  constructor(element, source, settings, { clock, attempts, firstSound }) {
    this.#element = element;
    this.#source = source;
    this.#settings = settings;
    this.#clock = clock;
    this.#attempts = attempts;
    this.#firstSound = firstSound;
  }

  get settings() { return this.#settings; }

  /** What is brought from the next run on. */
  set settings(settings) {
    this.#settings = settings;
    if (this.#plan !== null) this.#plan.settings = settings;
  }

  get figures() {
    const { currentTime } = this.#element;
    const { ahead, behind } = this.#buffer?.around(currentTime) ?? { ahead: 0, behind: 0 };
    const { appends, removals, quotas, ranges } = this.#buffer ?? { appends: 0, removals: 0, quotas: 0, ranges: [] };
    return {
      chunk: this.track?.indexAt(currentTime) ?? null, chunks: this.track?.count ?? null, bringing: this.#bringing,
      ahead, behind, appends, removals, quotas, restarts: this.restarts, generation: this.#generation, late: this.late, ranges,
      ...this.#source.figures,
    };
  }

  /** Asks for the first chunk while nothing is known of the track: it takes longest, and which one it is at the beginning needs no telling. */
  beginEarly(signal) {
    const own = new AbortController();
    signal.addEventListener('abort', () => own.abort(signal.reason), { once: true });
    return { own, settings: this.#settings, pieces: begun(this.#pieces(0, own.signal)) };
  }

  /** What chunks are brought into from now on. Nothing is before `begin`. */
  adopt(track, { mediaSource, sourceBuffer }, signal) {
    this.#mediaSource = mediaSource;
    this.#buffer = new TrackBuffer(sourceBuffer, this.#element, this.#clock);
    this.#plan = new Plan(track, this.#buffer, this.#settings);
    this.track = track;
    for (const event of ['startstreaming', 'endstreaming']) mediaSource.addEventListener(event, () => this.wake(), { signal });
    sourceBuffer.addEventListener('bufferedchange', () => this.wake(), { signal });
  }

  /** The first run. Somebody may have chosen another place or sound since its first chunk was asked for: then that one is given up. */
  begin(early) {
    const isWanted = early !== null && nameOf(early.settings) === nameOf(this.#settings) && this.track.indexAt(this.#element.currentTime) === 0;
    if (!isWanted) early?.own.abort();
    this.restart(0, isWanted ? early : null);
  }

  /** There may be something to do: play has moved on, or the browser wants more or has less. */
  wake() {
    this.#bell.ring();
  }

  /** The place of play is another one. */
  sought() {
    const { currentTime } = this.#element;
    const index = this.track.indexAt(currentTime);
    // What is being brought for just this place is waited for, not asked for anew.
    if (!this.#plan.has(index, currentTime) && this.#bringing !== index) this.restart();
    else this.wake();
  }

  /** Another sound from the place of play on. */
  switchTo(settings) {
    this.settings = settings;
    this.restart(this.track.indexAt(this.#element.currentTime));
  }

  /**
   * @param {number} [keep] the first chunk that may sound as before until the wanted sound is there; none after a seek
   * @param {{own: AbortController, pieces: AsyncIterable<Uint8Array>} | null} [first] what was begun early
   */
  restart(keep = Infinity, first = null) {
    const generation = ++this.#generation;
    const own = first?.own ?? new AbortController();
    const before = this.#running;
    this.#run?.abort();
    this.#run = own;
    this.#running = (async () => {
      await before;
      if (generation !== this.#generation || this.#attempts.failure !== null) return;
      this.restarts++;
      try {
        await this.#plan.dropOthers(keep);
        await this.#go(first?.pieces ?? null, own.signal);
      } catch (error) {
        if (!own.signal.aborted) this.onFailure(asFailure(error));
      }
    })();
  }

  /** Ends the run, which may take a moment. */
  stop() {
    this.#generation++;
    this.#run?.abort();
  }

  /** Done when nothing is under way any more. */
  async close() {
    this.stop();
    await this.#running;
    await this.#buffer?.idle();
    this.#mediaSource = this.track = this.#buffer = this.#plan = null;
  }

  async #go(first, signal) {
    let early = first;
    for (;;) {
      signal.throwIfAborted();
      await this.#plan.trim(this.#element.currentTime);
      const index = this.#mediaSource.streaming === false ? null : this.#plan.next(this.#element.currentTime);
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
      const { currentTime } = this.#element;
      // Else it would be asked for again at once, and for ever.
      if (!this.#plan.has(index, currentTime) && this.track.indexAt(currentTime) <= index) throw new Failure('network', `Chunk ${index + 1} came without all of its sound.`, { status: 0 });
      this.#attempts.succeeded();
    } catch (error) {
      if (isBegun) await this.#buffer.reset();
      signal.throwIfAborted();
      await this.#attempts.pause(asFailure(error), this.#buffer.around(this.#element.currentTime).ahead < urgent, signal);
    } finally {
      this.#bringing = null;
    }
  }

  #pieces(index, signal) {
    const chunk = this.track?.chunks[index];
    const told = {
      duration: chunk === undefined ? null : chunk.end - chunk.start, ahead: this.#buffer?.around(this.#element.currentTime).ahead ?? 0, isStart: this.#firstSound.milliseconds === null,
    };
    return this.#source.read(index, this.#settings, told, signal);
  }

  /** Tells the browser that nothing more comes, so that it plays to the end and says so. */
  #finish() {
    if (this.#mediaSource.readyState === 'open' && this.#plan.isWhole(this.#element.currentTime)) this.#mediaSource.endOfStream();
  }
}
