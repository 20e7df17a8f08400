/** Ogg pages (RFC 3533). A page is at most 27 bytes, 255 lengths and 255 × 255 bytes of packets. */
export const mostPageSize = 27 + 255 + 255 * 255;

const table = Uint32Array.from({ length: 256 }, (_, n) => {
  let value = n << 24;
  for (let bit = 0; bit < 8; bit++) value = (value << 1) ^ (value & 0x80000000 ? 0x04c11db7 : 0);
  return value >>> 0;
});

/**
 * The page at a place in some bytes.
 * @returns {Page | 'short' | null} `short` where it may go on behind these bytes, null where none begins here
 *
 * @typedef {object} Page
 * @property {number} size bytes of the whole page
 * @property {bigint} granule position of its last complete packet, -1 where none ends here
 * @property {number} serial
 * @property {number} sequence
 * @property {boolean} isContinued whether it begins with the rest of a packet
 * @property {boolean} isLast
 * @property {{from: number, to: number, isComplete: boolean}[]} packets offsets in the page; the last one may go on in the next page
 */
export function readPage(bytes, at) {
  if (bytes.length < at + 27) return 'short';
  if (bytes[at] !== 0x4f || bytes[at + 1] !== 0x67 || bytes[at + 2] !== 0x67 || bytes[at + 3] !== 0x53 || bytes[at + 4] !== 0) return null;
  const segments = bytes[at + 26];
  if (bytes.length < at + 27 + segments) return 'short';
  const packets = [];
  let size = 27 + segments;
  let from = size;
  for (let i = 0; i < segments; i++) {
    const length = bytes[at + 27 + i];
    size += length;
    if (length < 255) {
      packets.push({ from, to: size, isComplete: true });
      from = size;
    }
  }
  if (from < size) packets.push({ from, to: size, isComplete: false });
  if (bytes.length < at + size) return 'short';
  const header = new DataView(bytes.buffer, bytes.byteOffset + at, 27);
  if (checksum(bytes, at, size) !== header.getUint32(22, true)) return null;
  const flags = header.getUint8(5);
  return {
    size, packets, granule: header.getBigInt64(6, true), serial: header.getUint32(14, true), sequence: header.getUint32(18, true),
    isContinued: (flags & 1) !== 0, isLast: (flags & 4) !== 0,
  };
}

/** All whole pages in some bytes, found by their capture pattern and checksum, each with its offset there. */
export function findPages(bytes) {
  const pages = [];
  for (let at = 0; at + 27 <= bytes.length;) {
    const page = bytes[at] === 0x4f ? readPage(bytes, at) : null;
    if (page !== null && page !== 'short') {
      pages.push({ ...page, at });
      at += page.size;
    } else {
      at++;
    }
  }
  return pages;
}

function checksum(bytes, at, size) {
  let crc = 0;
  for (let i = 0; i < size; i++) {
    const byte = i >= 22 && i < 26 ? 0 : bytes[at + i];
    crc = ((crc << 8) ^ table[((crc >>> 24) ^ byte) & 0xff]) >>> 0;
  }
  return crc;
}
