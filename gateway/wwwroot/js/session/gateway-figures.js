/** How often a page that is seen asks. */
const betweenMs = 5_000;

/** What the gateway counts of the session that plays: shown beside what the page counts itself. */
export class GatewayFigures {
  #askedAt = -Infinity;
  #session = null;
  #figures = null;

  /** @returns {{estimateKbps: number | null, stalls: number, stallSeconds: number, segments: {buffer: number, cache: number, origin: number}} | null} of the session that was looked at last; null while unknown */
  get figures() {
    return this.#figures;
  }

  /** Some times a second; asks now and then. @param {import('./playback-session.js').PlaybackSession | null} session the present one; null without one */
  look(session) {
    const now = performance.now();
    if (session !== this.#session) {
      this.#session = session;
      this.#figures = null;
      this.#askedAt = now;
    }
    if (session !== null && !document.hidden && now - this.#askedAt > betweenMs) {
      this.#askedAt = now;
      this.#ask(session);
    }
  }

  async #ask(session) {
    const told = await session.read().catch(() => null);
    if (told !== null && session === this.#session) {
      this.#figures = { estimateKbps: told.bandwidthEstimateKbps ?? null, stalls: told.bufferingEvents, stallSeconds: told.totalBufferTime, segments: told.segments };
    }
  }
}
