import { readProblem } from '../js/problem.js';

/** How long an answer to something small may take, milliseconds: a request that hangs must hold up neither the queue nor the end. */
const longestAnswer = 15_000;

/**
 * One live session at the gateway, by docs/live.md. Every answer that is not a success is thrown as a Refusal.
 */
export class Session {
  #upload;

  /** @param {object} reply to the create */
  constructor(reply) {
    this.id = reply.session_id;
    this.playlistUrl = reply.playlist_url;
    this.chunkSeconds = reply.chunk_duration_sec;
    this.#upload = { ...reply.upload, issuedAt: Date.now() };
  }

  /**
   * @param {{title: string, chunkSeconds: number}} wanted
   * @param {string} accessToken empty where the gateway asks for none
   */
  static async create({ title, chunkSeconds }, accessToken) {
    const answer = await ask(new URL('../stream_sessions', document.baseURI), {
      method: 'POST',
      headers: { 'Content-Type': 'application/json', ...(accessToken ? { Authorization: `Bearer ${accessToken}` } : {}) },
      body: JSON.stringify({ chunk_duration_sec: chunkSeconds, ...(title ? { title } : {}) }),
    });
    return new Session(await answer.json());
  }

  /** What the largest chunk may have, bytes. */
  get maxBytes() {
    return this.#upload.max_bytes;
  }

  /** Renews the upload token when half of its life is over. */
  async renewIfDue() {
    const expires = Date.parse(this.#upload.expires_at);
    if (Date.now() < (this.#upload.issuedAt + expires) / 2) {
      return;
    }
    const answer = await ask(here(this.#upload.renew_url), { method: 'POST', headers: this.#headers() });
    Object.assign(this.#upload, await answer.json(), { issuedAt: Date.now() });
  }

  /**
   * @param {number} index
   * @param {Blob} chunk
   * @param {boolean} goesOn whether an upload of it broke off before: the gateway may hold its beginning
   * @returns {Promise<{late: boolean}>}
   */
  async put(index, chunk, goesOn, signal) {
    const url = here(this.#upload.url_template.replace('{index}', index));
    const from = goesOn ? await this.#offset(url, chunk.size, signal) : 0;
    if (from === chunk.size) {
      return { late: false };
    }
    const headers = this.#headers();
    if (from > 0) {
      headers['Upload-Offset'] = String(from);
    }
    const answer = await ask(url, { method: 'PUT', headers, body: chunk.slice(from), signal });
    return answer.json();
  }

  async end() {
    await ask(new URL(`../stream_sessions/${this.id}/end`, document.baseURI), { method: 'POST', headers: this.#headers() });
  }

  /** Bytes that the gateway holds; all of them where the chunk is stored. */
  async #offset(url, size, signal) {
    const answer = await ask(url, { method: 'HEAD', headers: this.#headers(), signal });
    if (answer.headers.get('Upload-Complete') === '?1') {
      return size;
    }
    const offset = Number.parseInt(answer.headers.get('Upload-Offset') ?? '0', 10);
    return offset > 0 && offset < size ? offset : 0;
  }

  #headers() {
    return { Authorization: `Bearer ${this.#upload.token}` };
  }
}

/** An answer that is no success, or none at all (status 0). */
export class Refusal extends Error {
  /** @param {import('../js/problem.js').Problem} problem */
  constructor(problem) {
    super(problem.detail ?? problem.title ?? `Status ${problem.status}`);
    this.problem = problem;
  }

  /** Whether the same may be taken if it is sent again. */
  get passes() {
    const { status, code } = this.problem;
    return status === 0 || status === 408 || status === 429 || status >= 500 || code === 'STREAMING_CHUNK_CUT' || code === 'STREAMING_CHUNK_OFFSET';
  }
}

async function ask(url, options) {
  let answer;
  try {
    answer = await fetch(url, { cache: 'no-store', credentials: 'omit', signal: AbortSignal.timeout(longestAnswer), ...options });
  } catch (error) {
    throw new Refusal({ status: 0, detail: error.message });
  }
  if (answer.ok) {
    return answer;
  }
  throw new Refusal(readProblem(answer.status, answer.headers.get('Content-Type'), await answer.text().catch(() => ''), answer.headers.get('Retry-After')));
}

/** An address of the gateway as this page reaches it: a balancer may be known by another name inside. */
function here(url) {
  const { pathname, search } = new URL(url.replaceAll('{', '%7B').replaceAll('}', '%7D'));
  return new URL(pathname + search, location.origin);
}
