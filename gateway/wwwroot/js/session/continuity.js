import { betweenMs, HandoffBudget, mostTries } from './handoff-budget.js';
import { PlaybackSession } from './playback-session.js';

export const beatMs = 15_000;

/** So many heartbeats in a row without an answer, and the session is carried on by another one; at most so often. */
const mostMisses = 3;
const betweenRefreshesMs = 45_000;

/** The session's own code: it is over for this viewer, and is not to be carried on behind the operator's back. */
const isEnded = problem => problem.status === 410 || problem.status === 403;

/** The node that answers does not know the session, or not its key: nothing is there to carry on, and another one may be opened. */
const isUnknown = problem => [401, 404, 409].includes(problem.status);

/**
 * Keeps one play in a session, whichever gateway holds it: heartbeats; a handoff where a gateway says that it is going away, or no longer answers; another session where nothing can be handed off. The
 * URLs of all sessions of the play differ in their ticket alone, so that a player goes on with the addresses that it has: `address` brings them to the session of now, and nothing is opened again.
 *
 * @typedef {object} Viewing what the viewer's player says
 * @property {number} positionSec
 * @property {boolean} isPlaying
 * @property {number} bufferedUntilSec
 * @property {number} stableMs for how long it has been moving without a break
 */
export class Continuity {
  #session;
  #title;
  #root;
  #look;
  #tell;
  #correlation;
  #budget = new HandoffBudget();
  #past = new Set();
  #left = null;
  #misses = 0;
  #refreshedAt = -Infinity;
  #movedAt = -Infinity;
  #isMoving = false;
  #timer = null;
  #isClosed = false;
  /** Why the last attempt failed; null after a success. */
  problem = null;
  /** @type {(session: PlaybackSession) => void} told of each session that carries the play on */
  onSession = () => {};

  /**
   * @param {PlaybackSession} session
   * @param {{mediaId: string, format: string, body: object, token: string}} title body: what its session was created with
   * @param {{root: URL, correlation: string, look: () => Viewing, tell: (event: {kind: string}) => void}} page
   */
  constructor(session, title, { root, correlation, look, tell }) {
    this.#session = session;
    this.#title = title;
    this.#root = root;
    this.#correlation = correlation;
    this.#look = look;
    this.#tell = tell;
  }

  get session() {
    return this.#session;
  }

  /** Where the player begins. */
  get url() {
    return this.#session.addresses[this.#title.format];
  }

  start() {
    this.#timer = setInterval(() => this.beat(), beatMs);
  }

  /** An address of a session that this play has left is that of its present one. */
  address(url) {
    const ticket = /\/api\/v1\/(?:playback|files)\/([^/]+)\//.exec(url)?.[1];
    return ticket !== undefined && this.#past.has(ticket) ? url.replace(`/${ticket}/`, `/${this.#session.ticket}/`) : url;
  }

  /** Once. A gateway that says it is going away, or none that answers, is left. */
  async beat() {
    const { positionSec, isPlaying, bufferedUntilSec, stableMs } = this.#look();
    this.#budget.stable(stableMs);
    const session = this.#session;
    try {
      const { isDraining } = await session.heartbeat({ positionSec, isPlaying, bufferedUntilSec });
      this.#misses = 0;
      this.#endLeft();
      // Until its balancer takes it out, the same gateway may answer for the new session as well.
      if (isDraining && performance.now() - this.#movedAt > betweenRefreshesMs) {
        await this.move('draining');
        this.#movedAt = performance.now();
      }
    } catch (error) {
      if (this.#isClosed || session !== this.#session) {
        return;
      }
      if (isEnded(error.problem ?? {})) {
        this.stop();
        this.#tell({ kind: 'session_ended' });
        return;
      }
      this.#misses += 1;
      if (this.#misses >= mostMisses && performance.now() - this.#refreshedAt > betweenRefreshesMs) {
        this.#refreshedAt = performance.now();
        this.#misses = 0;
        await this.move('heartbeats failed');
      }
    }
  }

  /** Tries to go on elsewhere while it plays here: a few times, some seconds apart. Without success it goes on here for as long as that lasts. */
  async move(reason) {
    if (this.#isMoving) {
      return;
    }
    this.#isMoving = true;
    try {
      for (let tried = 0; tried < mostTries && !this.#isClosed; tried++) {
        if (tried > 0) {
          await new Promise(over => { setTimeout(over, betweenMs); });
        }
        if (!this.#isClosed && await this.renew(reason)) {
          return;
        }
      }
    } finally {
      this.#isMoving = false;
    }
  }

  /**
   * Another session for the same place: handed off from this one, or opened anew where that is refused, or has been tried too often.
   * @returns {Promise<boolean>} whether there is one; else `problem` says why not
   */
  async renew(reason) {
    const began = performance.now();
    const { positionSec, isPlaying, stableMs } = this.#look();
    this.#budget.stable(stableMs);
    const isStorm = this.#budget.isOpen(began);
    const next = await this.#handoff(isStorm, began, { positionSec, isPlaying }) ?? await this.#anew(isStorm, positionSec);
    if (next === null || this.#isClosed) {
      next?.end();
      this.#tell({ kind: 'handoff_failed', reason, detail: this.problem?.code ?? '' });
      return false;
    }
    this.#endLeft();
    this.#past.add(this.#session.ticket);
    this.#left = this.#session;
    this.#session = next;
    this.#misses = 0;
    this.problem = null;
    this.onSession(next);
    this.#tell({ kind: 'handoff', reason, milliseconds: performance.now() - began, isAnew: isStorm });
    return true;
  }

  stop() {
    clearInterval(this.#timer);
  }

  /** The viewer has left. */
  async close() {
    this.#isClosed = true;
    this.stop();
    this.#endLeft();
    await this.#session.end();
  }

  async #handoff(isStorm, now, viewing) {
    if (isStorm) {
      return null;
    }
    this.#budget.tried(now);
    try {
      return await this.#session.handoff({ ...viewing, mediaId: this.#title.mediaId });
    } catch (error) {
      this.problem = error.problem ?? { status: 0 };
      return null;
    }
  }

  async #anew(isStorm, startPositionSec) {
    if (!isStorm && !isUnknown(this.problem)) {
      return null;
    }
    try {
      return await PlaybackSession.create(this.#root, { ...this.#title.body, engine: this.#session.engine, startPositionSec }, this.#title.token, this.#correlation);
    } catch (error) {
      this.problem = error.problem ?? { status: 0 };
      return null;
    }
  }

  /** What was left is ended once the player has nothing of it under way any more. */
  #endLeft() {
    this.#left?.end();
    this.#left = null;
  }
}
