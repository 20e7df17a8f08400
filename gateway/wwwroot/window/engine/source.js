import { Failure } from './failure.js';
import { rangeFrom, rangeSize, readContentRange } from './ranges.js';

/** A body that brings nothing for so long stands still and is asked for again. */
const stillnessMs = 15_000;

const chunkSize = 64 * 1024;

/**
 * One file on a server, read by ranges with both ends, one at a time.
 *
 * The first answer fixes what the file is: its length and its validator. Every later request carries the validator as If-Range, so a server whose file has changed answers with the whole
 * new file and 200, which is cut off at its first byte and told as `changed`. Length and validator of each answer are compared as well, for caches that ignore If-Range. Bytes of two
 * versions therefore never meet in a decoder.
 *
 * An open-ended range is never asked for: browsers take in the whole body of an answer, however slowly the page reads it.
 */
export class FileSource {
  #address;
  #fetch;
  #clock;
  #isBusy = false;
  #validator = null;

  /** Bytes of the file; Infinity before the first answer. */
  length = Infinity;

  /** Media type of the first answer, and the form that the gateway says it gave. */
  type = '';
  form = null;

  /** Requests sent, body bytes taken in, and answers that failed. */
  requests = 0;
  received = 0;
  failures = 0;

  /**
   * @param {{url: string, headers: Object<string, string>}} address
   * @param {{fetch: typeof fetch, clock: {delay(ms: number, signal?: AbortSignal): Promise<void>}}} means
   */
  constructor(address, { fetch, clock }) {
    this.#address = address;
    this.#fetch = fetch;
    this.#clock = clock;
  }

  /** Where it is read now: `{url, headers}`. */
  get address() {
    return this.#address;
  }

  get figures() {
    const { requests, received, failures, length } = this;
    return { requests, received, failures, length };
  }

  /** The file under another address, as after a session's end. It stays the same file, or is told as changed. */
  moveTo(address) {
    this.#address = address;
  }

  /**
   * Gives the chunks of one range as they come.
   * @param {{first: number, last: number}} range
   * @param {AbortSignal} signal
   * @returns {AsyncGenerator<Uint8Array>}
   */
  async *read(range, signal) {
    if (this.#isBusy) {
      throw new Error('One range at a time.');
    }
    this.#isBusy = true;
    this.requests++;
    const own = new AbortController();
    const abort = () => own.abort();
    signal.addEventListener('abort', abort, { once: true });
    try {
      if (signal.aborted) {
        own.abort();
      }
      yield* this.#transfer(range, own);
    } catch (error) {
      if (!signal.aborted) {
        this.failures++;
      }
      throw error;
    } finally {
      signal.removeEventListener('abort', abort);
      own.abort();
      this.#isBusy = false;
    }
  }

  async *#transfer(range, own) {
    const response = await this.#watched(own, () => this.#fetch(this.#address.url, {
      // A gigabyte of media in the browser's disk cache would push out everything else there, and no later request would match it.
      cache: 'no-store',
      headers: { ...this.#address.headers, Range: `bytes=${range.first}-${range.last}`, ...(this.#validator === null ? {} : { 'If-Range': this.#validator }) },
      signal: own.signal,
    }));
    await this.#check(response, range, own);
    const end = Math.min(range.last + 1, this.length);
    const read = readerOf(response.body);
    let at = range.first;
    for (;;) {
      const { done, value } = await this.#watched(own, read);
      if (done) {
        break;
      }
      at += value.byteLength;
      this.received += value.byteLength;
      if (at > end) {
        throw new Failure('network', 'The answer was longer than it had said.');
      }
      yield value;
    }
    if (at < end) {
      throw new Failure('network', `The answer ended ${end - at} bytes early.`);
    }
  }

  async #check(response, range, own) {
    const { status, headers } = response;
    if (status === 200) {
      own.abort();
      throw this.#validator === null ? new Failure('ranges', 'The server sends whole files only.', { status }) : new Failure('changed', 'The file has changed since it was opened.');
    }
    if (status !== 206) {
      throw await refusal(response, this.length);
    }
    const part = readContentRange(headers.get('Content-Range'));
    if (part === null || part.first !== range.first || part.last !== Math.min(range.last, part.length - 1)) {
      throw new Failure('network', `The server answered another range than was asked for: ${headers.get('Content-Range')}`);
    }
    // Only a strong tag, or a date, may stand in If-Range (RFC 9110 §13.1.5).
    const tag = headers.get('ETag');
    const validator = tag !== null && !tag.startsWith('W/') ? tag : headers.get('Last-Modified');
    if (this.length === Infinity) {
      this.length = part.length;
      this.#validator = validator;
      this.type = (headers.get('Content-Type') ?? '').split(';')[0].trim().toLowerCase();
      this.form = headers.get('X-File-Format');
    } else if (part.length !== this.length || (this.#validator !== null && validator !== this.#validator)) {
      throw new Failure('changed', 'The file has changed since it was opened.');
    }
  }

  /** Waits for a step of the network, and no longer than it may stand still. */
  async #watched(own, step) {
    const done = new AbortController();
    let isStill = false;
    const watch = this.#clock.delay(stillnessMs, done.signal).then(() => {
      isStill = true;
      own.abort();
    }, () => {});
    try {
      return await step();
    } catch (error) {
      if (isStill) {
        throw new Failure('network', `Nothing came for ${stillnessMs / 1000} s.`);
      }
      if (own.signal.aborted || error instanceof Failure) {
        throw error;
      }
      throw new Failure('network', error?.message ?? 'The network failed.', { status: 0 });
    } finally {
      done.abort();
      await watch;
    }
  }

  /** The range for what comes at an offset. */
  rangeAt(offset, size = rangeSize) {
    return rangeFrom(offset, this.length, size);
  }
}

/** Reads a body by chunks, into the same memory again and again where the stream takes some: a chunk is good until the next one is read. */
function readerOf(body) {
  let reader;
  try {
    reader = body.getReader({ mode: 'byob' });
  } catch {
    reader = body.getReader();
    return () => reader.read();
  }
  let memory = new ArrayBuffer(chunkSize);
  return async () => {
    const { done, value } = await reader.read(new Uint8Array(memory));
    memory = value?.buffer ?? new ArrayBuffer(chunkSize);
    return { done, value };
  };
}

/** What an answer that is no part says. Its body is a problem document at best, and read up to a bound. */
export async function refusal(response, length) {
  const { status, headers } = response;
  const told = { status };
  const seconds = Number.parseInt(headers.get('Retry-After') ?? '', 10);
  if (seconds >= 0) {
    told.retryAfterSeconds = Math.min(seconds, 3600);
  }
  if (/^application\/(problem\+)?json/i.test(headers.get('Content-Type') ?? '') && Number(headers.get('Content-Length') ?? 0) < 65_536) {
    try {
      const { code, title, detail } = await response.json();
      Object.assign(told, { code, title, detail });
    } catch {
      // The status says enough.
    }
  } else {
    await response.body?.cancel().catch(() => {});
  }
  if (status === 416) {
    // At the start the file is empty. Within what was its length, it has become shorter.
    return length === Infinity ? new Failure('format', 'The file is empty.', told) : new Failure('changed', 'The file has become shorter since it was opened.', told);
  }
  const isLost = status === 410 || (status === 401 && /^STREAMING_TICKET_/.test(told.code ?? ''));
  return new Failure(isLost ? 'session' : 'status', told.title ?? `The server answered ${status}.`, told);
}
