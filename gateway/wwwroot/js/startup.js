import { hintedMs, mayMend } from './problem.js';

/** How often one file may fail before its stage is given up, until playback begins. */
export const tries = { session_create: 2, manifest: 3, segment: 2 };

/** How often a playlist is asked for again by the profile “balanced”. */
export const playlistRetries = 6;

/** How long that profile leaves a failing rendition alone, where the library knows such a thing. */
export const barredSec = 15;

/** How often a start-up is begun again from the title's own address, where the gateway opens a new session if the old one has ended. */
const mostResets = 1;

/** Later than this nothing is begun again: a viewer has been waiting long enough. */
const windowMs = 15_000;

export const shortestWaitMs = 450;
export const longestWaitMs = 2_000;

/** So that a thousand pages which failed together do not come back together. */
export const jitter = 0.35;

/**
 * What one start-up may still try. Libraries repeat requests by rules of their own, some of them for minutes; here it is counted what they
 * do, file by file, and the first file that failed too often ends the attempt. Only failures that may mend themselves are counted: a
 * title that does not exist needs no second try.
 */
export class StartupBudget {
  #startedAt;
  #failures = new Map();
  #stage = 'manifest';
  #attempts = 0;
  #resets = 0;
  #isSpent = false;
  #hintedMs = 0;

  /** @param {number} startedAt by `performance.now()` */
  constructor(startedAt) {
    this.#startedAt = startedAt;
  }

  /**
   * A request has ended.
   * @param {import('./players/index.js').Exchange} exchange
   * @returns {boolean} whether the stage's tries are used up by it
   */
  spends(exchange) {
    if (exchange.problem === undefined || !mayMend(exchange.problem)) {
      return false;
    }
    this.#stage = stageOf(exchange.kind);
    this.#hintedMs = hintedMs(exchange.problem);
    const file = `${this.#stage} ${withoutQuery(exchange.url)}`;
    this.#attempts = (this.#failures.get(file) ?? 0) + 1;
    this.#failures.set(file, this.#attempts);
    return this.#attempts >= tries[this.#stage];
  }

  /** Whether a library that gives up does so because of what this budget counts. */
  isTouched() {
    return this.#attempts > 0;
  }

  /** @returns {number} milliseconds after which the start-up may begin again, with all its tries; NaN when it may not */
  reset() {
    return performance.now() - this.#startedAt > windowMs ? NaN : this.resetLate();
  }

  /** The same for a start-up that has not failed and takes too long: its time is over by then. */
  resetLate() {
    if (this.#resets === mostResets) {
      return NaN;
    }
    this.#failures.clear();
    const wait = this.#waitAfter(this.#resets);
    this.#resets += 1;
    return wait;
  }

  /** Milliseconds until the failed request may be asked again, where nobody else decides it. */
  pause() {
    return this.#waitAfter(this.#attempts - 1);
  }

  /** Never sooner than the gateway wants. */
  #waitAfter(times) {
    const wait = Math.min(longestWaitMs, shortestWaitMs * 2 ** times) * (1 + jitter * (2 * Math.random() - 1));
    return Math.max(wait, this.#hintedMs);
  }

  /** Tries that are left in the stage that failed last. */
  remaining() {
    return this.#isSpent ? 0 : (mostResets - this.#resets) * tries[this.#stage] + Math.max(0, tries[this.#stage] - this.#attempts);
  }

  /** What is told when nothing is left. */
  exhausted() {
    this.#isSpent = true;
    return {
      event: 'session.startup_retry_exhausted',
      stage: this.#stage,
      attempts: this.#attempts,
      windowElapsedMs: Math.round(performance.now() - this.#startedAt),
      sessionResetsUsed: this.#resets,
    };
  }
}

function stageOf(kind) {
  return kind === 'session' ? 'session_create' : kind === 'manifest' ? 'manifest' : 'segment';
}

/** Players add CMCD to the query, other with each request. */
function withoutQuery(url) {
  return url.split('?')[0];
}
