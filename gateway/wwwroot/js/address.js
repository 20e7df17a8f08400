import { longestQueue, repeats } from './queue/queue.js';

/** Two days: a longer position is no position. */
const latestSec = 172_800;

/**
 * What the page's address says, and the address that says it. The access token is never part of it.
 *
 * @typedef {object} Address
 * @property {string | null} title id of a title
 * @property {string | null} asset path of an asset that is none of the titles
 * @property {string | null} format
 * @property {string | null} player
 * @property {number | null} position seconds, where the title begins
 * @property {string | null} group of shared listening
 * @property {boolean} muted
 * @property {boolean} autoplay
 * @property {string[]} queue names as `nameOf` makes them
 * @property {string} repeat
 * @property {number | null} shuffle seed
 */

/** The queue's name of a title or of an asset path. */
export function nameOf({ title, asset }) {
  return asset ? `asset:${asset}` : title;
}

/** What a name in the queue stands for. */
export function itemOf(name) {
  return name.startsWith('asset:') ? { title: null, asset: name.slice('asset:'.length) } : { title: name, asset: null };
}

/** @returns {Address} */
export function readAddress(search) {
  const query = new URLSearchParams(search);
  const position = Number.parseFloat(query.get('t') ?? '');
  const seed = Number.parseInt(query.get('shuffle') ?? '', 10);
  return {
    title: query.get('title'),
    asset: query.get('asset'),
    format: query.get('format'),
    player: query.get('player'),
    position: position > 0 && position < latestSec ? position : null,
    group: query.get('group'),
    muted: query.get('muted') === '1',
    autoplay: query.get('autoplay') === '1',
    queue: query.getAll('queue').filter(name => name !== '').slice(0, longestQueue),
    repeat: repeats.includes(query.get('repeat')) ? query.get('repeat') : 'off',
    shuffle: seed >= 0 ? seed : null,
  };
}

/**
 * @param {Partial<Address>} address what is absent, or as it is anyway, is left out
 * @returns {string} beginning with `?`
 */
export function writeAddress(address) {
  const query = new URLSearchParams();
  for (const key of ['title', 'asset', 'format', 'player', 'group']) {
    if (address[key]) {
      query.set(key, address[key]);
    }
  }
  if (address.position >= 1) {
    query.set('t', String(Math.floor(address.position)));
  }
  for (const name of address.queue ?? []) {
    query.append('queue', name);
  }
  if (address.repeat && address.repeat !== 'off') {
    query.set('repeat', address.repeat);
  }
  if (address.shuffle !== null && address.shuffle !== undefined) {
    query.set('shuffle', String(address.shuffle));
  }
  if (address.muted) {
    query.set('muted', '1');
  }
  return `?${query}`;
}
