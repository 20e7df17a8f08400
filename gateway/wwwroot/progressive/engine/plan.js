import { nameOf } from './track.js';

/** Seconds: no chunk is asked for that begins later than this after the place of play, and what was played longer ago is dropped, a little at a time not too often. */
export const limits = { ahead: 60, behind: 30, slack: 10 };

/**
 * Which chunks there are in the buffer, each with the sound that it has, and which one is wanted next. The browser may drop parts by itself, so what the buffer says counts, not what was once put in.
 */
export class Plan {
  #track;
  #buffer;
  #held = new Map();
  #sound;

  /** @param {import('./track.js').Track} track @param {import('./buffer.js').TrackBuffer} buffer */
  constructor(track, buffer, settings) {
    this.#track = track;
    this.#buffer = buffer;
    this.#sound = nameOf(settings);
  }

  set settings(settings) {
    this.#sound = nameOf(settings);
  }

  /** Seconds within which a chunk has to be there, seen from a place within it or before it. */
  #needOf(index, position) {
    const { start, end } = this.#track.chunks[index];
    return [Math.min(Math.max(start, position), end), end];
  }

  /** Whether a chunk is there in the wanted sound, from the place of play on. */
  has(index, position) {
    return this.#held.get(index) === this.#sound && this.#buffer.covers(...this.#needOf(index, position));
  }

  /** The chunk to bring next: the first one that is missing from the place of play on; null where there are enough. */
  next(position) {
    for (let index = this.#track.indexAt(position); index < this.#track.count; index++) {
      if (this.#track.chunks[index].start - position >= limits.ahead && index !== this.#track.indexAt(position)) return null;
      if (!this.has(index, position)) return index;
    }
    return null;
  }

  /** Whether everything up to the end is there. */
  isWhole(position) {
    for (let index = this.#track.count - 1; index >= this.#track.indexAt(position); index--) {
      if (!this.has(index, position)) return false;
    }
    return true;
  }

  /** A chunk is being put in: until it is whole, it has no sound that anybody wants. */
  begin(index) {
    this.#held.set(index, null);
  }

  /** It is whole. */
  complete(index, settings) {
    this.#held.set(index, nameOf(settings));
  }

  /** Drops what was played long ago. */
  async trim(position) {
    const first = this.#buffer.ranges[0]?.[0];
    if (first !== undefined && first < position - limits.behind - limits.slack) await this.#buffer.remove(0, position - limits.behind);
    for (const index of this.#held.keys()) if (this.#track.chunks[index].end < position - limits.behind) this.#held.delete(index);
  }

  /** Drops chunks of another sound than the wanted one. Those from `keep` on bridge the time until theirs are there, and are replaced one by one. */
  async dropOthers(keep = Infinity) {
    for (const [index, sound] of [...this.#held]) {
      if (sound === this.#sound || index >= keep) continue;
      const { start, end } = this.#track.chunks[index];
      this.#held.delete(index);
      await this.#buffer.remove(start, end);
    }
  }
}
