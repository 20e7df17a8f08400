import { readProblem } from '../problem.js';

/** An answer of the control plane that takes longer is none. A create with `prewarm` takes 5 s at most for its segments. */
const answerMs = 20_000;

/** The gateway refused, or did not answer. */
export class SessionError extends Error {
  /** @param {import('../problem.js').Problem} problem */
  constructor(problem) {
    super(problem.detail ?? problem.title ?? `The gateway answered ${problem.status}`);
    this.problem = problem;
  }
}

/**
 * One session as the gateway's control plane has it: `POST /api/v1/playback/sessions` and what lies below. Every call throws a SessionError where the gateway refuses.
 */
export class PlaybackSession {
  #root;
  #token;
  #correlation;

  /**
   * Opens a session.
   * @param {URL} root the address of `api/v1/playback/sessions`
   * @param {{mediaId: string, engine?: string, startPositionSec?: number, prewarm?: boolean, player?: string}} body
   * @param {string} token access token, empty without one
   * @param {string} correlation joins the gateway's events with the page's own
   */
  static async create(root, body, token, correlation) {
    return new PlaybackSession(root, await ask(root, body, token, correlation), token, correlation);
  }

  constructor(root, reply, token, correlation) {
    this.#root = root;
    this.#token = token;
    this.#correlation = correlation;
    this.id = reply.sessionId;
    this.ticket = reply.ticket;
    this.engine = reply.engine;
    this.expiresAt = Date.parse(reply.expiresAt);
    this.resumeAtSec = reply.resumeAtSec ?? null;
    this.shouldPlay = reply.shouldPlay ?? null;
    this.addresses = { hls: absolute(reply.hlsUrl, root), dash: absolute(reply.dashUrl, root), file: absolute(reply.directUrl, root) };
  }

  /** Where the session plays this asset; null where the gateway means another file by its title's name. */
  addressOf(format, asset) {
    const address = this.addresses[format];
    if (address === null || asset === undefined) {
      return null;
    }
    // /api/v1/playback/{ticket}/{cluster}/{asset}
    const path = /\/api\/v1\/playback\/[^/]+\/[^/]+\/(.*)$/.exec(new URL(address).pathname)?.[1] ?? '';
    return unescaped(path) === unescaped(asset) ? address : null;
  }

  /**
   * @param {{positionSec: number, isPlaying: boolean, bufferedUntilSec: number}} body
   * @returns {Promise<{isDraining: boolean}>} whether the gateway is going away
   */
  async heartbeat(body) {
    const answer = await send(this.#at('heartbeat'), body, this.ticket, this.#correlation);
    this.expiresAt = Date.parse((await answer.json()).expiresAt) || this.expiresAt;
    return { isDraining: answer.headers.get('X-Gateway-Draining') === '1' };
  }

  /**
   * A successor that goes on with this title or another one. This session's URLs stay good until it ends.
   * @param {{positionSec: number, isPlaying: boolean, mediaId: string}} body
   */
  async handoff(body) {
    // Another title may need the user's own right; a ticket opens its session's only.
    const credential = this.#token || this.ticket;
    return new PlaybackSession(this.#root, await ask(this.#at('handoff'), body, credential, this.#correlation), this.#token, this.#correlation);
  }

  /** Its state as the gateway has it; null where it does not say. */
  async read() {
    const answer = await fetch(this.#at(), { cache: 'no-store', headers: headersOf(this.ticket, this.#correlation) });
    return answer.ok ? answer.json() : null;
  }

  /** Nobody waits for it, and a page that goes away takes it along. */
  async end() {
    await fetch(this.#at(), { method: 'DELETE', keepalive: true, headers: headersOf(this.ticket, this.#correlation) }).catch(() => {});
  }

  #at(verb) {
    return new URL(`${this.#root}/${this.id}${verb ? `/${verb}` : ''}`);
  }
}

async function ask(url, body, credential, correlation) {
  return (await send(url, body, credential, correlation)).json();
}

async function send(url, body, credential, correlation) {
  let answer;
  try {
    answer = await fetch(url, { method: 'POST', cache: 'no-store', headers: headersOf(credential, correlation), body: JSON.stringify(body), signal: AbortSignal.timeout(answerMs) });
  } catch {
    throw new SessionError({ status: 0 });
  }
  if (!answer.ok) {
    throw new SessionError(readProblem(answer.status, answer.headers.get('Content-Type'), await answer.text(), answer.headers.get('Retry-After')));
  }
  return answer;
}

function headersOf(credential, correlation) {
  return {
    'Content-Type': 'application/json',
    ...(correlation && { 'x-segmented-startup-correlation-id': correlation }),
    ...(credential && { Authorization: `Bearer ${credential}` }),
  };
}

function absolute(address, root) {
  return address ? new URL(address, root).href : null;
}

function unescaped(path) {
  try {
    return decodeURIComponent(path);
  } catch {
    return path;
  }
}
