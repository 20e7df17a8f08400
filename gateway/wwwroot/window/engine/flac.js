import { Failure } from './failure.js';
import { PacketDecoder, requireCodec } from './packets.js';
import { searchPlace } from './search.js';

const mostBlocks = 200;
const mostFrameSize = 4 * 1024 * 1024;
const rates = [0, 88_200, 176_400, 192_000, 8000, 16_000, 22_050, 24_000, 32_000, 44_100, 48_000, 96_000];
const depths = [0, 8, 12, 0, 16, 20, 24, 32];

const crcTable = Uint8Array.from({ length: 256 }, (_, n) => {
  let value = n;
  for (let bit = 0; bit < 8; bit++) value = ((value << 1) ^ (value & 0x80 ? 0x07 : 0)) & 0xff;
  return value;
});

/**
 * FLAC (RFC 9639). Each frame begins with a checked header that tells its number, so any place in the file tells its time exactly; a frame ends where the header of the next number begins.
 * Metadata is gone through by its sizes: a cover picture is skipped unread.
 */
export async function openFlac(reader, signal, codecs, start) {
  let at = start + 4;
  let info = null;
  for (let n = 0; n < mostBlocks; n++) {
    const head = await reader.span(at, 38, signal);
    if (head.length < 4) break;
    const size = head[1] << 16 | head[2] << 8 | head[3];
    if ((head[0] & 0x7f) === 0 && head.length >= 38) info = readInfo(head);
    at += 4 + size;
    if (head[0] & 0x80) return describe(reader, codecs, info, at);
  }
  throw new Failure('format', 'The headers of the FLAC file cannot be read.');
}

function readInfo(head) {
  const view = new DataView(head.buffer, head.byteOffset + 4, 34);
  const packed = view.getUint32(10);
  const description = new Uint8Array(42);
  description.set([0x66, 0x4c, 0x61, 0x43, 0x80, 0, 0, 34]);
  description.set(head.subarray(4, 38), 8);
  return {
    description, blockSize: view.getUint16(0), sampleRate: packed >>> 12, channels: (packed >>> 9 & 7) + 1, bits: (packed >>> 4 & 31) + 1,
    frames: (packed & 15) * 2 ** 32 + view.getUint32(14),
  };
}

async function describe(reader, codecs, info, begin) {
  if (info === null || info.sampleRate < 1000 || info.blockSize < 16) {
    throw new Failure('format', 'The FLAC file does not say what it is.');
  }
  if (info.frames === 0) {
    throw new Failure('unplayable', 'The FLAC file does not say how long it is, as one that was cut off while it was recorded.');
  }
  const { sampleRate, channels, frames, description } = info;
  const config = { codec: 'flac', sampleRate, numberOfChannels: channels, description };
  await requireCodec(codecs, config, 'FLAC');
  return {
    name: 'FLAC', detail: `${info.bits}-bit`, sampleRate, channels, frames, isExact: true, end: reader.length,
    locate: async (frame, signal) => {
      const place = await searchPlace({
        reader, signal, low: { offset: begin, position: 0 }, high: { offset: reader.length, position: frames }, wanted: frame, near: 32_768,
        find: (bytes, offset) => findHeaders(bytes, info).map(header => ({ offset: offset + header.at, position: header.frame })),
      });
      return { offset: place.offset, frame: place.position };
    },
    decoder: means => new FlacDecoder(info, means, new PacketDecoder({ codecs, config, limit: frames }, means)),
  };
}

function findHeaders(bytes, info) {
  const headers = [];
  for (let at = bytes.indexOf(0xff); at !== -1 && at + 6 <= bytes.length; at = bytes.indexOf(0xff, at + 1)) {
    const header = readFrameHeader(bytes, at, info);
    if (header !== null) headers.push({ at, ...header });
  }
  return headers;
}

/** The header of a frame (RFC 9639 §9.1) with its first sample's number and its count of them; null where none begins. */
export function readFrameHeader(bytes, at, info) {
  if (bytes[at] !== 0xff || (bytes[at + 1] & 0xfe) !== 0xf8 || (bytes[at + 3] & 1) !== 0) return null;
  const sizeCode = bytes[at + 2] >> 4;
  const rateCode = bytes[at + 2] & 15;
  const depth = bytes[at + 3] >> 1 & 7;
  const assignment = bytes[at + 3] >> 4;
  if (sizeCode === 0 || rateCode === 15 || depth === 3 || assignment > 10 || (assignment < 8 ? assignment + 1 : 2) !== info.channels) return null;
  if ((depth !== 0 && depths[depth] !== info.bits) || (rateCode > 0 && rateCode < 12 && rates[rateCode] !== info.sampleRate)) return null;
  let next = at + 4;
  const first = bytes[next++];
  const more = first < 0x80 ? 0 : Math.clz32(~(first << 24)) - 1;
  if (more < 0 || more > 6 || (first >= 0x80 && more === 0)) return null;
  let number = first < 0x80 ? first : first & (0x3f >> more);
  for (let i = 0; i < more; i++) {
    if ((bytes[next] & 0xc0) !== 0x80) return null;
    number = number * 64 + (bytes[next++] & 0x3f);
  }
  let count = sizeCode === 1 ? 192 : sizeCode < 6 ? 144 << sizeCode : 1 << sizeCode;
  if (sizeCode === 6) count = bytes[next++] + 1;
  if (sizeCode === 7) {
    count = (bytes[next] << 8 | bytes[next + 1]) + 1;
    next += 2;
  }
  next += rateCode < 12 ? 0 : rateCode === 12 ? 1 : 2;
  if (next >= bytes.length) return null;
  let crc = 0;
  for (let i = at; i < next; i++) crc = crcTable[crc ^ bytes[i]];
  if (crc !== bytes[next]) return null;
  const frame = bytes[at + 1] & 1 ? number : number * info.blockSize;
  return frame < info.frames ? { frame, count } : null;
}

/** Cuts the bytes into frames. */
class FlacDecoder {
  #info;
  #codec;
  #bytes = new Uint8Array(0);
  #current = null;
  #scanned = 0;

  constructor(info, means, codec) {
    this.#info = info;
    this.#codec = codec;
  }

  async feed(piece) {
    const whole = new Uint8Array(this.#bytes.length + piece.length);
    whole.set(this.#bytes);
    whole.set(piece, this.#bytes.length);
    const packets = [];
    let begin = 0;
    // A header is 16 bytes at most; one that may be cut off here is read with the next piece.
    let at = this.#scanned;
    for (; at + 16 <= whole.length; at++) {
      if (whole[at] !== 0xff) continue;
      const header = readFrameHeader(whole, at, this.#info);
      if (header === null || (this.#current !== null && !this.#follows(header, at - begin))) continue;
      if (this.#current !== null) packets.push({ data: whole.slice(begin, at), frame: this.#current.frame });
      this.#current = header;
      begin = at;
    }
    this.#bytes = whole.slice(this.#current === null ? at : begin);
    this.#scanned = at - (this.#current === null ? at : begin);
    await this.#codec.decode(packets);
  }

  async finish() {
    if (this.#current !== null) await this.#codec.decode([{ data: this.#bytes, frame: this.#current.frame }]);
    await this.#codec.finish();
  }

  close() {
    this.#codec.close();
  }

  /** The next number; or any later one where the bytes between are more than a frame can be, which are damaged then. */
  #follows(header, size) {
    const expected = this.#current.frame + this.#current.count;
    return header.frame === expected || (header.frame > expected && size > this.#mostSize());
  }

  #mostSize() {
    return Math.min(mostFrameSize, 64 + this.#current.count * this.#info.channels * Math.ceil((this.#info.bits + 1) / 8));
  }
}
