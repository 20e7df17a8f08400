/** Pauses between attempts, and how long without a success is enough once nothing is left to play. Milliseconds. */
const pauses = { first: 500, most: 5000, budget: 30_000 };

/** Decides after each failure whether there is another attempt, and when. */
export class Recovery {
  #clock;
  #attempts = 0;
  #since = null;

  constructor(clock) {
    this.#clock = clock;
  }

  /**
   * @param {import('./failure.js').Failure} failure
   * @param {boolean} isUrgent whether somebody waits: what is decoded is played, or nothing plays that could hide the failure
   * @returns {number | null} milliseconds until the next attempt; null where there is none
   */
  failed(failure, isUrgent) {
    this.#since ??= this.#clock.now();
    if (!failure.passes || (isUrgent && this.#clock.now() - this.#since > pauses.budget)) {
      return null;
    }
    const pause = Math.min(pauses.most, pauses.first * 2 ** this.#attempts++);
    return Math.max(pause, (failure.told.retryAfterSeconds ?? 0) * 1000);
  }

  /** Something came in, or somebody asked for another attempt: counting begins anew. */
  succeeded() {
    this.#attempts = 0;
    this.#since = null;
  }
}
