/**
 * The parts of one start-up, each from the end of the one before, so that they add up to the whole. Told exactly once.
 */
export class StartupTimeline {
  #reports;
  #who;
  #startedAt;
  #createdAt = null;
  #manifestAt = null;
  #chunkAt = null;
  #retries = 0;
  #told = false;
  #budget;

  /**
   * @param {() => {engine: string, player: string}} who fields of the report
   * @param {import('./startup.js').StartupBudget} budget what the start-up may still try
   */
  constructor(reports, who, startedAt, budget) {
    this.#reports = reports;
    this.#who = who;
    this.#startedAt = startedAt;
    this.#budget = budget;
  }

  /** Whether a manifest has been read. */
  get hasManifest() {
    return this.#manifestAt !== null;
  }

  /** The session has been opened by a call of its own; without one, the request for the manifest opens it, and creating it is a part of that. */
  created() {
    this.#createdAt ??= performance.now();
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
   * @param {number} height of the video, 0 without one
   */
  tell(outcome, now = performance.now(), height = 0) {
    if (this.#told) {
      return;
    }
    this.#told = true;
    // One file has no manifest, and a browser may show a frame before it reports the request: such a part takes no time.
    const createdAt = Math.min(this.#createdAt ?? this.#startedAt, now);
    const manifestAt = Math.min(Math.max(this.#manifestAt ?? createdAt, createdAt), now);
    const chunkAt = Math.min(Math.max(this.#chunkAt ?? manifestAt, manifestAt), now);
    this.#reports.add({
      event: 'player.startup_timeline',
      outcome,
      ...(height > 0 && { height }),
      ...this.#who(),
      totalToAudibleMs: Math.round(now - this.#startedAt),
      createLatencyMs: Math.round(createdAt - this.#startedAt),
      createToManifestMs: Math.round(manifestAt - createdAt),
      manifestToFirstChunkMs: Math.round(chunkAt - manifestAt),
      firstChunkToAudibleMs: Math.round(now - chunkAt),
      startupRetryCount: this.#retries,
      retryBudgetRemaining: this.#budget.remaining(),
    });
  }
}
