/** How long a viewer who has seen something is kept waiting for the gateway before the page gives up. */
const patienceMs = 120_000;

const shortestWaitMs = 500;
const longestWaitMs = 3_000;

/** So that a thousand pages which were interrupted together do not come back together. */
const jitter = 0.35;

/** One play that has been moving this long has left the interruption behind; the next one has all its patience again. */
const settledMs = 10_000;

/**
 * An interruption of something that was playing: the gateway restarts, or the way to it is down. Libraries give up after a few seconds; what is in the buffer plays on
 * meanwhile, and nothing is thrown away before the title's own address answers again.
 */
export class Interruption {
  #url;
  #startedAt = null;
  #recoveredAt = -Infinity;
  #running = false;

  /** @param {() => string} url an address of the title by which it is seen whether the gateway answers */
  constructor(url) {
    this.#url = url;
  }

  /** Whether it is being waited for. */
  get isRunning() {
    return this.#running;
  }

  /** Whether one that begins now would be waited for at all. */
  get hasPatience() {
    const now = performance.now();
    return this.#startedAt === null || now - this.#recoveredAt > settledMs || now - this.#startedAt < patienceMs;
  }

  /**
   * Waits until the gateway answers.
   * @param {() => boolean} isOver whether nobody waits any more
   * @param {() => Promise<true | number | null>} renew what it takes to go on, once it answers: true, or for how many milliseconds at least to wait before the next try, or null for the end
   * @returns {Promise<boolean>} whether to open the player again
   */
  async wait(isOver, renew) {
    const now = performance.now();
    if (this.#startedAt === null || now - this.#recoveredAt > settledMs) {
      this.#startedAt = now;
    }
    this.#running = true;
    try {
      for (let wait = shortestWaitMs; !isOver() && performance.now() - this.#startedAt < patienceMs; wait = Math.min(longestWaitMs, wait * 1.5)) {
        // Also before the first question: who comes back at once, again and again, would be one more load on a gateway that has just started.
        await new Promise(over => { setTimeout(over, wait * (1 + jitter * (2 * Math.random() - 1))); });
        if (isOver() || !await this.#answers()) {
          continue;
        }
        const renewed = await renew();
        if (renewed === true || renewed === null) {
          return renewed === true && !isOver();
        }
        await new Promise(over => { setTimeout(over, Math.max(0, renewed - wait)); });
      }
      return false;
    } finally {
      this.#running = false;
      this.#recoveredAt = performance.now();
    }
  }

  /** Any answer but that of a gateway that cannot serve now: what else is wrong, the player finds out and tells. */
  async #answers() {
    try {
      const response = await fetch(this.#url(), { method: 'HEAD', cache: 'no-store', signal: AbortSignal.timeout(5_000) });
      return response.status !== 408 && response.status !== 429 && response.status < 500;
    } catch {
      return false;
    }
  }
}
