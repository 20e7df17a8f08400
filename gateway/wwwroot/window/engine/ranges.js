/** Which bytes are asked for. Pure arithmetic on byte offsets. */

/** Bytes of one request at most. The gateway caches files in slices of this size, so a request up to the next multiple of it touches one slice. */
export const rangeSize = 4 * 1024 * 1024;

/** Bytes of one look into the file at most: for headers that lie behind the first range, and for the search of a place by its time. */
export const probeSize = 64 * 1024;

/** Bytes that a decoder is given at a time. */
export const pieceSize = { least: 16 * 1024, most: 64 * 1024 };

/**
 * The range from an offset to the next boundary, or to the end of the file.
 * @param {number} offset first byte
 * @param {number} length of the file; Infinity before the first answer told it
 * @returns {{first: number, last: number}} both inclusive, as in a Range header
 */
export function rangeFrom(offset, length, size = rangeSize) {
  if (!Number.isSafeInteger(offset) || offset < 0 || offset >= length) {
    throw new RangeError(`Offset ${offset} is outside a file of ${length} bytes.`);
  }
  return { first: offset, last: Math.min(length, (Math.floor(offset / size) + 1) * size) - 1 };
}

/**
 * Reads a Content-Range of one part.
 * @returns {{first: number, last: number, length: number} | null} null for anything that this page cannot trust, an unknown length included
 */
export function readContentRange(value) {
  const match = /^bytes (\d{1,15})-(\d{1,15})\/(\d{1,15})$/.exec(value ?? '');
  if (match === null) {
    return null;
  }
  const [first, last, length] = match.slice(1).map(Number);
  return first <= last && last < length ? { first, last, length } : null;
}
