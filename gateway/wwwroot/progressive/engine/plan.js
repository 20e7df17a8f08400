import { nameOf } from './track.js';

/**
 * Seconds: no chunk is asked for that begins later than `ahead` after the place of play; what was played longer ago than `behind` is dropped, not oftener than every `slack`; and so is what a seek back has
 * left `beyond`.
 */
export const limits = { ahead: 60, behind: 30, slack: 10, beyond: 120 };

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

  /** Drops what is far from the place of play. */
  async trim(position) {
    const { ranges } = this.#buffer;
    if (ranges.length === 0) return;
    const [from, to] = [position - limits.behind, position + limits.beyond];
    if (ranges[0][0] < from - limits.slack) await this.#drop(0, from);
    if (ranges.at(-1)[1] > to) await this.#drop(to, ranges.at(-1)[1]);
  }

  async #drop(from, to) {
    await this.#buffer.remove(from, to);
    for (const index of [...this.#held.keys()]) {
      const { start, end } = this.#track.chunks[index];
      if (start >= from && end <= to) this.#held.delete(index);
    }
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
