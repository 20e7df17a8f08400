/** A wait shorter than this is not seen by a viewer and not counted as a rebuffering. */
export const shortestStallMs = 100;

/** A stall of this length is reported as one of its own kind; longer in the first moments, where buffers are still short. */
const longStallMs = { cold: 18_000, warm: 7_000 };
const coldMs = 10_000;

/**
 * The rebufferings of one play. Each is told while it lasts and not when it is over: a viewer may leave before that, and the gateway believes the page from then on.
 */
export class Stalls {
  #reports;
  #who;
  #began = null;
  #endedAt = -Infinity;
  #position = 0;
  #isTold = false;
  #isLongTold = false;
  #count = 0;
  #seconds = 0;

  /**
   * @param {import('./reports.js').Reports} reports
   * @param {() => object} who fields of every report
   */
  constructor(reports, who) {
    this.#reports = reports;
    this.#who = who;
  }

  get isRunning() {
    return this.#began !== null;
  }

  /** Media time at which the picture stands. */
  get position() {
    return this.#position;
  }

  /** Milliseconds of the one that lasts; 0 without one. */
  get milliseconds() {
    return this.#began === null ? 0 : performance.now() - this.#began;
  }

  /** Whether a viewer sees the one that lasts. */
  get isSeen() {
    return this.milliseconds > shortestStallMs;
  }

  /** Finished ones, and the one that lasts as soon as it is seen. */
  get count() {
    return this.#count + (this.isSeen ? 1 : 0);
  }

  get seconds() {
    return this.#seconds + (this.isSeen ? this.milliseconds / 1000 : 0);
  }

  /**
   * @param {number} position media time
   * @param {number} since when it began, by `performance.now()`
   */
  begin(position, since = performance.now()) {
    if (this.#began === null) {
      // Found out later than it began, it may not reach back into the one before.
      this.#began = Math.max(since, this.#endedAt);
      this.#isTold = false;
      this.#isLongTold = false;
      this.#position = position;
    }
  }

  /** The picture stands elsewhere now: a player that is opened again came back at another place. */
  moveTo(position) {
    this.#position = position;
  }

  /**
   * Tells what there is to tell of the one that lasts.
   * @param {string | null} source X-Served-From of the last segment
   * @param {number} movingSince when playback began, by `performance.now()`
   */
  tell(source, movingSince) {
    const lasts = this.milliseconds;
    if (lasts > shortestStallMs && !this.#isTold) {
      this.#isTold = true;
      this.#reports.add({ event: 'player.rebuffer', positionSec: this.#position, ...(source && { source }), ...this.#who() });
    }
    const isCold = this.#began - movingSince < coldMs;
    if (lasts > (isCold ? longStallMs.cold : longStallMs.warm) && !this.#isLongTold) {
      this.#isLongTold = true;
      this.#reports.add({ event: 'player.rebuffer_timeout', durationMs: Math.round(lasts), positionSec: this.#position, ...this.#who() });
    }
  }

  /** It is over. */
  end(outcome, position, source, movingSince) {
    const lasted = this.milliseconds;
    if (lasted > shortestStallMs) {
      this.tell(source, movingSince);
      this.#count += 1;
      this.#seconds += lasted / 1000;
      this.#reports.add({ event: 'player.rebuffer_recovered', outcome, durationMs: Math.round(lasted), positionSec: position, ...this.#who() });
    }
    this.#endedAt = this.#began === null ? this.#endedAt : performance.now();
    this.#began = null;
  }

  /** It was none: the title ended in it. */
  drop() {
    this.#began = null;
  }
}
