import { probeSize } from './ranges.js';

/** Halving alone finds a place among 2^24 looks' worth of bytes; guessing by time is far quicker. */
const mostLooks = 24;

/**
 * Finds the last place in a file that lies at or before a position, by looking: where places tell their positions, a few looks of 64 KiB lead there, each at the offset that the position would
 * have if bytes were spread evenly. Every fourth look halves what is left, for files that are spread badly.
 * @param {object} search
 * @param {import('./reader.js').RangeReader} search.reader
 * @param {{offset: number, position: number}} search.low a place that is known to lie before
 * @param {{offset: number, position: number}} search.high the end
 * @param {number} search.wanted position
 * @param {number} search.near bytes within which looking on is not worth a request
 * @param {(bytes: Uint8Array, offset: number) => {offset: number, position: number}[]} search.find the places in some bytes that lie at an offset
 * @returns {Promise<{offset: number, position: number}>}
 */
export async function searchPlace({ reader, signal, low, high, wanted, near, find }) {
  let ceiling = high;
  let place = low;
  for (let look = 0; look < mostLooks && wanted > place.position && ceiling.offset - place.offset > near; look++) {
    const share = look % 4 === 3 ? 0.5 : (wanted - place.position) / Math.max(1, ceiling.position - place.position);
    const guess = place.offset + Math.min(1, share) * (ceiling.offset - place.offset) - probeSize / 4;
    const at = Math.max(place.offset, Math.min(Math.floor(guess), ceiling.offset - probeSize));
    const found = find(await reader.span(at, probeSize, signal), at);
    const before = found.findLast(known => known.position <= wanted);
    const after = found.find(known => known.position > wanted);
    if (before !== undefined && before.offset > place.offset) {
      place = before;
      if (after !== undefined) break;
    } else if (at <= place.offset) {
      // Nothing nearer lies in the bytes right behind the place.
      break;
    } else {
      ceiling = { offset: at, position: Math.min(after?.position ?? ceiling.position, ceiling.position) };
    }
  }
  return place;
}
