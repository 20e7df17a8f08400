import { Failure } from '../../window/engine/failure.js';
import { refusal } from '../../window/engine/source.js';
import { Track } from './track.js';
import { watched } from './waits.js';

/** Milliseconds without a byte. Until the first one a chunk may have to be made; the gateway ends that waiting itself, so this one is for networks that are gone. */
const stillness = { head: 120_000, body: 30_000 };

/** Bytes that are handed on together. The first ones are fewer: with them it begins to sound. */
const pieces = { first: 16 * 1024, later: 64 * 1024 };

/** A description of a day in chunks of a second is smaller. */
const mostDescribed = 16 * 1024 * 1024;

/** The chunks of one track, and what there is of it. */
export class ChunkSource {
  #address;
  #fetch;
  #clock;

  requests = 0;
  received = 0;
  failures = 0;

  /** Chunks by where the gateway had them from: X-Served-From. */
  sources = { buffer: 0, cache: 0, origin: 0 };

  /** Called with each answer: its headers, whether it is a success, whether it is to be a chunk. */
  onAnswer = () => {};

  /**
   * @param {{track(): {url: string, headers: object}, chunk(index: number, settings: object, told: object): {url: string, headers: object}}} address
   * @param {{fetch: typeof fetch, clock: {delay(ms: number, signal?: AbortSignal): Promise<void>}}} means
   */
  constructor(address, { fetch, clock }) {
    this.#address = address;
    this.#fetch = fetch;
    this.#clock = clock;
  }

  get figures() {
    const { requests, received, failures, sources } = this;
    return { requests, received, failures, sources: { ...sources } };
  }

  /** @returns {Promise<Track>} */
  async describe(signal) {
    for await (const response of this.#ask(this.#address.track(), false, signal)) {
      if (Number(response.headers.get('Content-Length') ?? 0) > mostDescribed) {
        throw new Failure('format', 'What the gateway tells of this track is too long.');
      }
      const track = Track.read(await response.json().catch(() => null));
      if (track === null) {
        throw new Failure('format', 'What the gateway tells of this track makes no sense.');
      }
      return track;
    }
  }

  /**
   * Gives a chunk in pieces, as they come.
   * @param {number} index
   * @param {{enhanced: boolean, preset: string, intensity: number}} settings
   * @param {object} told what the gateway is told of the player's buffer
   * @param {AbortSignal} signal
   * @returns {AsyncGenerator<Uint8Array>}
   */
  async *read(index, settings, told, signal) {
    for await (const response of this.#ask(this.#address.chunk(index, settings, told), true, signal)) {
      const source = response.headers.get('X-Served-From');
      if (source in this.sources) {
        this.sources[source]++;
      }
      yield* this.#piecesOf(response);
    }
  }

  async *#piecesOf(response) {
    const length = Number(response.headers.get('Content-Length') ?? NaN);
    const reader = response.body.getReader();
    let [parts, size, taken, isFirst] = [[], 0, 0, true];
    for (;;) {
      const { done, value } = await response.watched(stillness.body, () => reader.read());
      if (!done) {
        parts.push(value);
        size += value.byteLength;
        taken += value.byteLength;
        this.received += value.byteLength;
      }
      if (size > 0 && (done || size >= (isFirst ? pieces.first : pieces.later))) {
        yield joined(parts, size);
        [parts, size, isFirst] = [[], 0, false];
      }
      if (done) {
        break;
      }
    }
    if (taken === 0 || taken < length) {
      throw new Failure('network', 'The chunk ended early.', { status: 0 });
    }
  }

  /** One request, and its answer for as long as it is read. */
  async *#ask({ url, headers }, isChunk, signal) {
    this.requests++;
    const own = new AbortController();
    const abort = () => own.abort(signal.reason);
    signal.addEventListener('abort', abort, { once: true });
    try {
      signal.throwIfAborted();
      const response = await watched(own, this.#clock, stillness.head, () => this.#fetch(url, {
        // The gateway keeps chunks; a copy in the browser's cache would tell of another time where it had been from.
        cache: 'no-store', headers, signal: own.signal,
      }));
      this.onAnswer(response.headers, response.ok, isChunk);
      if (!response.ok) {
        throw await refusal(response, Infinity);
      }
      response.watched = (milliseconds, step) => watched(own, this.#clock, milliseconds, step);
      yield response;
    } catch (error) {
      if (!signal.aborted) {
        this.failures++;
      }
      throw error;
    } finally {
      signal.removeEventListener('abort', abort);
      own.abort();
    }
  }
}

/** The same pieces, of a request that is sent at once instead of when the first piece is wanted. */
export function begun(generator) {
  const first = generator.next();
  // Whoever takes the pieces hears of it.
  first.catch(() => {});
  let isFirst = true;
  return {
    [Symbol.asyncIterator]() { return this; },
    next() {
      const next = isFirst ? first : generator.next();
      isFirst = false;
      return next;
    },
    return: () => generator.return(),
  };
}

function joined(parts, size) {
  if (parts.length === 1) {
    return parts[0];
  }
  const whole = new Uint8Array(size);
  let at = 0;
  for (const part of parts) {
    whole.set(part, at);
    at += part.byteLength;
  }
  return whole;
}
