import { pieceSize, probeSize, rangeSize } from './ranges.js';

/**
 * Bytes of a file by their offset, out of one buffer of 4 MiB at most that holds the last range.
 *
 * An answer is read to its end as fast as it comes, and waits here rather than on the wire: a page that is paused for an hour then holds 4 MiB of bytes and no connection, which a server
 * would cut. Nothing is read ahead of the range: the next one is asked for by the runner, when the decoded window wants it.
 *
 * One consumer at a time; the engine awaits the old runner before it starts another. Views that are handed out are good until the next call.
 */
export class RangeReader {
  #source;
  #buffer = new Uint8Array(probeSize);
  #first = 0;
  #filled = 0;
  #size = 0;
  #failure = null;
  #transfer = null;
  #abort = null;
  #wake = () => {};

  constructor(source) {
    this.#source = source;
  }

  get length() {
    return this.#source.length;
  }

  /** Whether an offset lies in the range that is held or under way, so that it needs no request. Of a range that broke off, what came is held. */
  holds(offset) {
    return offset >= this.#first && offset < this.#first + this.#size;
  }

  /**
   * What lies at an offset: 16 to 64 KiB, less only at the end of a range.
   * @param {AbortSignal} signal ends the wait; the transfer goes on, the next consumer may want it
   */
  async piece(offset, signal) {
    if (!this.holds(offset)) {
      this.#tellFailureAt(offset);
      await this.#begin(offset, rangeSize);
    }
    const at = offset - this.#first;
    const wanted = Math.min(pieceSize.least, this.#size - at);
    await this.#until(() => this.#filled >= at + wanted, signal);
    return this.#buffer.subarray(at, Math.min(this.#filled, at + pieceSize.most));
  }

  /**
   * Bytes for a parser, copied: as many as were asked for, fewer only where the file ends.
   * @param {number} offset first byte
   * @param {number} count at most 64 KiB
   */
  async span(offset, count, signal) {
    const parts = [];
    const end = Math.min(offset + Math.min(count, probeSize), this.length);
    for (let at = offset; at < end;) {
      if (!this.holds(at)) {
        this.#tellFailureAt(at);
        await this.#begin(at, probeSize);
      }
      const from = at - this.#first;
      const to = Math.min(end - this.#first, this.#size);
      await this.#until(() => this.#filled >= to, signal);
      parts.push(this.#buffer.slice(from, to));
      at += to - from;
      if (at >= this.length) {
        break;
      }
    }
    return joined(parts);
  }

  /** Ends the transfer that is under way, and is done when it has ended. */
  async stop() {
    this.#abort?.abort();
    await this.#transfer;
  }

  /** Forgets what is held, because it belongs to another version of the file. */
  async clear() {
    await this.stop();
    this.#size = 0;
  }

  async #begin(offset, size) {
    await this.stop();
    const range = this.#source.length === Infinity ? { first: offset, last: offset + size - 1 } : this.#source.rangeAt(offset, size);
    this.#first = range.first;
    this.#size = range.last - range.first + 1;
    // Twice at most: for the looks at the start, and for all ranges after them.
    if (this.#size > this.#buffer.length) {
      this.#buffer = new Uint8Array(rangeSize);
    }
    this.#filled = 0;
    this.#failure = null;
    this.#abort = new AbortController();
    this.#transfer = this.#fill(range, this.#abort.signal);
  }

  async #fill(range, signal) {
    try {
      for await (const chunk of this.#source.read(range, signal)) {
        // The first answer tells how much of the range there is.
        this.#size = Math.min(this.#size, this.#source.length - this.#first);
        this.#buffer.set(chunk, this.#filled);
        this.#filled += chunk.byteLength;
        this.#wake();
      }
    } catch (error) {
      this.#size = this.#filled;
      this.#failure = signal.aborted ? null : error;
    }
    this.#wake();
  }

  /** A failure is told once, to whoever wants the first byte that it cost; asked again, the byte is fetched again. */
  #tellFailureAt(offset) {
    const failure = this.#failure;
    this.#failure = null;
    if (failure !== null && offset === this.#first + this.#filled) {
      throw failure;
    }
  }

  async #until(isThere, signal) {
    while (!isThere()) {
      signal?.throwIfAborted();
      this.#tellFailureAt(this.#first + this.#filled);
      // A file that is shorter than was thought when the wait began.
      if (this.#filled === this.#size) {
        return;
      }
      await new Promise(resolve => {
        const done = () => {
          signal?.removeEventListener('abort', done);
          resolve();
        };
        this.#wake = done;
        signal?.addEventListener('abort', done, { once: true });
      });
    }
    signal?.throwIfAborted();
  }
}

function joined(parts) {
  if (parts.length === 1) {
    return parts[0];
  }
  const whole = new Uint8Array(parts.reduce((sum, part) => sum + part.byteLength, 0));
  let at = 0;
  for (const part of parts) {
    whole.set(part, at);
    at += part.byteLength;
  }
  return whole;
}
