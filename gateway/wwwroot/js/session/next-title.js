import { hintedMs, mayMend } from '../problem.js';

/** How often a next title that is not ready is asked for, and how often one that fails for another reason. */
const readinessTries = 12;
const otherTries = 2;
const betweenMs = 2_000;

/** A session that ends so soon is not begun. */
const leastLifeMs = 45_000;

/**
 * The session of the title that plays next, opened and its first segments fetched by the gateway while the present title plays. There is one at a time; what nobody takes is ended. Failures stay here:
 * they are nothing that the present title should notice.
 */
export class NextTitle {
  #name = null;
  #session = null;
  #open;

  /** @param {(name: string) => Promise<import('./playback-session.js').PlaybackSession>} open opens a prewarmed session */
  constructor(open) {
    this.#open = open;
  }

  /** The name whose session is being opened or held; null without one. */
  get name() {
    return this.#name;
  }

  /** Whether its session is open, and its first segments are fetched. */
  get isReady() {
    return this.#session !== null;
  }

  /** @param {string | null} name the title that will be next; another one that was prepared is dropped */
  async prepare(name) {
    if (name === this.#name) {
      return;
    }
    this.drop();
    this.#name = name;
    const isPast = () => this.#name !== name;
    for (let tried = 1; name !== null && !isPast(); tried++) {
      try {
        const session = await this.#open(name);
        if (isPast()) {
          session?.end();
        } else {
          this.#session = session;
        }
        return;
      } catch (error) {
        const problem = error.problem ?? { status: 0 };
        if (!mayMend(problem) || tried >= (problem.code === 'STREAMING_ASSET_NOT_READY' ? readinessTries : otherTries)) {
          return;
        }
        await new Promise(over => { setTimeout(over, Math.max(betweenMs, hintedMs(problem))); });
      }
    }
  }

  /** @returns the session of this title, which is the caller's from now on; null where none is ready */
  take(name) {
    const session = this.#name === name ? this.#session : null;
    if (session === null || !(session.expiresAt - Date.now() > leastLifeMs)) {
      this.drop();
      return null;
    }
    this.#session = null;
    this.#name = null;
    return session;
  }

  drop() {
    this.#session?.end();
    this.#session = null;
    this.#name = null;
  }
}
