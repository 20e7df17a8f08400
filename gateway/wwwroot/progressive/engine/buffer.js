import { Failure } from '../../window/engine/failure.js';

/** Seconds that are kept behind the place of play when the browser has no room left. */
const leastBehind = 5;

/** Milliseconds until room is looked for again, where only play can make any. */
const pause = 1000;

/** Seconds by which two ends may differ and be the same: a frame of Opus has 0.02, and the browser rounds. */
const blur = 0.15;

/**
 * A SourceBuffer that is asked for one thing at a time. Each step begins when the one before has said `updateend` and ends with its own, so that none meets a buffer that is `updating`, whoever else
 * waits; what was begun is always awaited, also by those who have changed their minds.
 */
export class TrackBuffer {
  #source;
  #element;
  #clock;
  #last = Promise.resolve();

  appends = 0;
  removals = 0;

  /** How often the browser had no room. */
  quotas = 0;

  /** @param {SourceBuffer} source @param {{currentTime: number}} element @param {{delay(ms: number, signal: AbortSignal): Promise<void>}} clock */
  constructor(source, element, clock) {
    this.#source = source;
    this.#element = element;
    this.#clock = clock;
  }

  /** `[start, end]` of each stretch that is there, in seconds. */
  get ranges() {
    const { buffered } = this.#source;
    return Array.from({ length: buffered.length }, (_, n) => [buffered.start(n), buffered.end(n)]);
  }

  covers(from, to) {
    return this.ranges.some(([start, end]) => start <= from + blur && end >= to - blur);
  }

  /** Seconds there are ahead of a place and behind it, in the stretch that it lies in: another one after a hole does not count. */
  around(seconds) {
    const [start, end] = this.ranges.find(([first, last]) => first <= seconds + blur && seconds <= last) ?? [seconds, seconds];
    return { ahead: Math.max(0, end - seconds), behind: Math.max(0, seconds - start) };
  }

  /** Appends a piece; where the browser has no room it makes some, or waits until play does. */
  async append(bytes, signal) {
    for (;;) {
      signal.throwIfAborted();
      try {
        await this.#step(() => this.#source.appendBuffer(bytes));
        this.appends++;
        return;
      } catch (error) {
        if (error?.name !== 'QuotaExceededError') throw error;
        this.quotas++;
        if (!await this.#makeRoom()) await this.#clock.delay(pause, signal);
      }
    }
  }

  async remove(from, to) {
    if (!(to > from)) return;
    await this.#step(() => this.#source.remove(from, to));
    this.removals++;
  }

  /** Forgets half a chunk that was begun to be read; what was made of it stays. */
  reset() {
    return this.#step(() => {
      this.#source.abort();
      return true;
    });
  }

  /** Until nothing is under way. */
  idle() {
    return this.#last;
  }

  /** @returns {Promise<boolean>} whether there is any more than before */
  async #makeRoom() {
    const { currentTime } = this.#element;
    for (const [start, end] of this.ranges) {
      const isHere = start <= currentTime + blur && currentTime <= end;
      const to = isHere ? Math.min(end, currentTime - leastBehind) : end;
      if (to - start > 1) {
        await this.remove(start, to);
        return true;
      }
    }
    if (this.around(currentTime).ahead < 1) {
      throw new Failure('unplayable', 'The browser has no room for a chunk of this track.');
    }
    return false;
  }

  /** @param {() => (true | void)} begin what begins the step; true where it is done at once */
  #step(begin) {
    const step = this.#last.then(() => new Promise((resolve, reject) => {
      let hasFailed = false;
      const failed = () => { hasFailed = true; };
      const ended = () => {
        this.#source.removeEventListener('error', failed);
        this.#source.removeEventListener('updateend', ended);
        if (hasFailed) reject(new Failure('format', 'The browser cannot read this chunk.'));
        else resolve();
      };
      this.#source.addEventListener('error', failed);
      this.#source.addEventListener('updateend', ended);
      try {
        if (begin() === true) ended();
      } catch (error) {
        this.#source.removeEventListener('error', failed);
        this.#source.removeEventListener('updateend', ended);
        reject(error);
      }
    }));
    this.#last = step.catch(() => {});
    return step;
  }
}
