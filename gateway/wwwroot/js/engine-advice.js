/** An answer is good for one start, and for so long. */
const goodMs = 2_000;

/** What the gateway recommends to a page: the engine, and the settings that it gives. Nothing of it is built into the page; without an answer a title's first format is played. */
export class EngineAdvice {
  #answer = null;
  #until = -Infinity;

  /** `GET /api/v1/playback/engine`; null without an answer. */
  get answer() {
    return this.#answer;
  }

  /** Asks, unless the last answer is fresh and no start has used it. */
  async refresh(token) {
    if (performance.now() <= this.#until) {
      return;
    }
    try {
      const answer = await fetch(new URL('api/v1/playback/engine', document.baseURI), { cache: 'no-store', headers: token ? { Authorization: `Bearer ${token}` } : {} });
      this.#answer = answer.ok ? await answer.json() : null;
    } catch {
      this.#answer = null;
    }
    this.#until = performance.now() + goodMs;
  }

  /** A start follows it: the next one asks again. */
  use() {
    this.#until = -Infinity;
  }
}
