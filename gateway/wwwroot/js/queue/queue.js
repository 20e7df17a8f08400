import { shuffled } from './shuffle.js';

/** What happens at the end of a title and of the queue. */
export const repeats = ['off', 'all', 'one'];

/** An address has to hold it. */
export const longestQueue = 200;

/**
 * Titles in the order in which they play. Items are names, each at most once; what a name stands for is the caller's. The whole state is `items`, `current`, `repeat` and `seed`: from these
 * the order follows, so that a page that is loaded again plays on in the same one.
 */
export class Queue {
  #items;
  #current;
  #repeat;
  #seed;
  #order;

  /**
   * @param {{items?: string[], current?: string | null, repeat?: string, seed?: number | null}} state seed: of the shuffled order; null for the order in which the items were added
   */
  constructor({ items = [], current = null, repeat = 'off', seed = null } = {}) {
    this.#items = [...new Set(items)].slice(0, longestQueue);
    this.#current = this.#items.includes(current) ? current : null;
    this.#repeat = repeats.includes(repeat) ? repeat : 'off';
    this.#seed = Number.isInteger(seed) && seed >= 0 ? seed : null;
    this.#arrange();
  }

  /** In the order in which they were added. */
  get items() {
    return [...this.#items];
  }

  /** In the order in which they play. */
  get order() {
    return [...this.#order];
  }

  get current() {
    return this.#current;
  }

  get repeat() {
    return this.#repeat;
  }

  /** Of the shuffled order; null when it is not shuffled. */
  get seed() {
    return this.#seed;
  }

  get isFull() {
    return this.#items.length === longestQueue;
  }

  /** What plays by itself when the current title is over; null when nothing does. */
  get following() {
    return this.#repeat === 'one' ? this.#current : this.#beside(1, this.#repeat === 'all');
  }

  /** What the viewer's Next leads to: to repeat one title is for its end, not for who wants another. */
  get next() {
    return this.#beside(1, this.#repeat !== 'off');
  }

  get previous() {
    return this.#beside(-1, this.#repeat !== 'off');
  }

  /** The title that plays now; one that is not in the queue comes in behind the one that played. */
  play(item) {
    if (!this.#items.includes(item)) {
      if (this.isFull) {
        this.#items.splice(this.#items.findLastIndex(held => held !== this.#current), 1);
      }
      this.#items.splice(this.#current === null ? this.#items.length : this.#items.indexOf(this.#current) + 1, 0, item);
    }
    this.#current = item;
    this.#arrange();
  }

  /** @returns {boolean} whether it has come in: each once, and no more than the address holds */
  add(item) {
    if (this.#items.includes(item) || this.isFull) {
      return false;
    }
    this.#items.push(item);
    this.#arrange();
    return true;
  }

  /** The current title goes on, and its successor stays the one that it had. */
  remove(item) {
    if (item === this.#current) {
      return;
    }
    this.#items = this.#items.filter(held => held !== item);
    this.#arrange();
  }

  /** Nothing of that name can be played, even if it is the current one. */
  forget(item) {
    if (item === this.#current) {
      this.#current = null;
    }
    this.remove(item);
  }

  /** One place earlier (-1) or later (1), where the order is the viewer's own. */
  move(item, by) {
    const from = this.#items.indexOf(item);
    const to = from + by;
    if (from >= 0 && to >= 0 && to < this.#items.length) {
      [this.#items[from], this.#items[to]] = [this.#items[to], this.#items[from]];
      this.#arrange();
    }
  }

  setRepeat(repeat) {
    this.#repeat = repeat;
  }

  /** @param {number | null} seed null for the order in which the items were added */
  shuffle(seed) {
    this.#seed = seed;
    this.#arrange();
  }

  #beside(by, isRound) {
    const at = this.#order.indexOf(this.#current) + by;
    if (this.#order.length === 0 || (!isRound && (at < 0 || at >= this.#order.length))) {
      return null;
    }
    return this.#order.at(at % this.#order.length);
  }

  #arrange() {
    this.#order = this.#seed === null ? [...this.#items] : shuffled(this.#items, this.#seed);
  }
}
