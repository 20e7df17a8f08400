/**
 * Tells the gateway what happened at the viewer's end: `POST /api/v1/playback/sessions/{id}/events`. Events wait until an answer has named
 * the session, then go out at once and in order; `keepalive` lets the last ones leave with the page. Whatever goes wrong here is nothing
 * that a viewer should notice, so it is dropped in silence.
 */
export class Reports {
  #waiting = [];
  #session = null;
  #scheduled = false;
  #leaving = false;
  #headers;
  #sending = Promise.resolve();

  /**
   * @param {string} correlation joins these events with the gateway's own of the same start-up
   * @param {string | null} accessToken the token with which the session was opened, where the gateway requires one
   */
  constructor(correlation, accessToken) {
    this.#headers = { 'Content-Type': 'application/json', 'x-segmented-startup-correlation-id': correlation };
    if (accessToken) {
      this.#headers.Authorization = `Bearer ${accessToken}`;
    }
  }

  /** An answer named the session. The last one counts: a manifest that failed names one that never began, and is good for telling of that only. */
  opened(session) {
    if (session) {
      this.#session = session;
      this.#flush();
    }
  }

  /** @param {{event: string}} report fields are numbers, truth values and short words; the gateway drops the rest */
  add(report) {
    this.#waiting.push(report);
    if (!this.#scheduled) {
      // What happens at once goes out as one: two requests might arrive in the other order.
      this.#scheduled = true;
      queueMicrotask(() => {
        this.#scheduled = false;
        this.#flush();
      });
    }
  }

  /** The page is going away: from now on nothing waits for anything. */
  hurry() {
    this.#leaving = true;
  }

  #flush() {
    if (this.#session === null || this.#waiting.length === 0) {
      return;
    }
    const body = JSON.stringify(this.#waiting.splice(0));
    const send = () => fetch(new URL(`api/v1/playback/sessions/${this.#session}/events`, document.baseURI), {
      method: 'POST', keepalive: true, headers: this.#headers, body,
    }).catch(() => {});
    this.#sending = this.#leaving ? send() : this.#sending.then(send);
  }
}

/**
 * The parts of one start-up, each from the end of the one before, so that they add up to the whole. Told exactly once.
 */
export class StartupTimeline {
  #reports;
  #fixed;
  #startedAt;
  #manifestAt = null;
  #chunkAt = null;
  #retries = 0;
  #told = false;
  #budget;

  /**
   * @param {{engine: string, player: string}} fixed fields that do not change
   * @param {import('./startup.js').StartupBudget} budget what the start-up may still try
   */
  constructor(reports, fixed, startedAt, budget) {
    this.#reports = reports;
    this.#fixed = fixed;
    this.#startedAt = startedAt;
    this.#budget = budget;
  }

  /** @param {import('./players/index.js').Exchange} exchange that has just ended */
  saw(exchange) {
    if (this.#told) {
      return;
    }
    if (exchange.problem !== undefined) {
      this.#retries += 1;
    } else if (exchange.kind === 'manifest') {
      this.#manifestAt ??= performance.now();
    } else if (exchange.kind === 'segment') {
      this.#chunkAt ??= performance.now();
    }
  }

  /**
   * @param {'audible' | 'playback_error' | 'unexpected_stop' | 'startup_timeout'} outcome
   * @param {number} now by `performance.now()`
   * @param {number} height of the picture, 0 without one
   */
  tell(outcome, now = performance.now(), height = 0) {
    if (this.#told) {
      return;
    }
    this.#told = true;
    // One file has no manifest, and a browser may show a frame before it reports the request: such a part takes no time.
    const manifestAt = Math.min(this.#manifestAt ?? this.#startedAt, now);
    const chunkAt = Math.min(Math.max(this.#chunkAt ?? manifestAt, manifestAt), now);
    this.#reports.add({
      event: 'player.startup_timeline',
      outcome,
      ...(height > 0 && { height }),
      ...this.#fixed,
      totalToAudibleMs: Math.round(now - this.#startedAt),
      // The request for the manifest opens the session: creating it is a part of that.
      createLatencyMs: 0,
      createToManifestMs: Math.round(manifestAt - this.#startedAt),
      manifestToFirstChunkMs: Math.round(chunkAt - manifestAt),
      firstChunkToAudibleMs: Math.round(now - chunkAt),
      startupRetryCount: this.#retries,
      retryBudgetRemaining: this.#budget.remaining(),
    });
  }
}
