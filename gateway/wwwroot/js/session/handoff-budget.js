/** A move to another gateway is tried so often, so far apart. */
export const mostTries = 4;
export const betweenMs = 8_000;

/** So many tries in so long a time, and sessions are no longer handed off but opened anew: whatever refuses them is not to be asked more. */
export const stormTries = 3;
export const stormMs = 60_000;

/** Playback that has been stable for this long has left the storm behind. */
export const stableMs = 20_000;

/** How often a page may ask for a handoff. Times are those of one monotonic clock, in milliseconds. */
export class HandoffBudget {
  #tries = [];

  /** Whether sessions are opened anew for now. */
  isOpen(now) {
    this.#forget(now);
    return this.#tries.length >= stormTries;
  }

  /** A handoff is asked for. */
  tried(now) {
    this.#tries.push(now);
  }

  /** How long playback has been going on without a stall, a failure or a handoff. */
  stable(ms) {
    if (ms >= stableMs) {
      this.#tries = [];
    }
  }

  #forget(now) {
    this.#tries = this.#tries.filter(at => now - at < stormMs);
  }
}
