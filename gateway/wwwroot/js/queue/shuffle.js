/** Seeds are short: they stand in the address. */
const seeds = 1_000_000;

/** So many seeds are tried for one that begins with a given item: for the longest queue, one fails in twenty thousand. */
const tries = 2_000;

/**
 * An order that follows from the seed and the items' names alone, whatever order they stand in: each item sorts by a hash of both (rendezvous hashing). An item that is added or removed leaves the
 * others where they were.
 */
export function shuffled(items, seed) {
  return items
    .map(item => ({ item, key: hash(`${seed} ${item}`) }))
    .sort((a, b) => a.key - b.key || (a.item < b.item ? -1 : 1))
    .map(({ item }) => item);
}

/**
 * A seed whose order begins with the item that plays, so that all others are still to come.
 * @param {() => number} random as Math.random
 */
export function seedFrom(items, first, random = Math.random) {
  const start = Math.floor(random() * seeds);
  for (let tried = 0; tried < tries; tried++) {
    const seed = (start + tried) % seeds;
    if (first === null || items.every(item => item === first || comesBefore(first, item, seed))) {
      return seed;
    }
  }
  return start;
}

function comesBefore(first, item, seed) {
  return hash(`${seed} ${first}`) < hash(`${seed} ${item}`);
}

/** FNV-1a, with the finishing steps of MurmurHash3: names that differ in their last letter come to lie far apart. */
function hash(text) {
  let value = 0x811c9dc5;
  for (let index = 0; index < text.length; index++) {
    value = Math.imul(value ^ text.charCodeAt(index), 0x01000193);
  }
  value = Math.imul(value ^ (value >>> 16), 0x85ebca6b);
  value = Math.imul(value ^ (value >>> 13), 0xc2b2ae35);
  return (value ^ (value >>> 16)) >>> 0;
}
