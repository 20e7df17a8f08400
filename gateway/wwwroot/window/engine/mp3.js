import { Failure } from './failure.js';
import { openFlac } from './flac.js';
import { PacketDecoder, requireCodec } from './packets.js';
import { probeSize } from './ranges.js';

/** Frames before the wanted one that a decoder gets first: a frame may hold its bits in the 511 bytes before it, and overlaps the one before. */
const leadIn = 10;

/** Samples by which a decoder of this format is late. */
const decoderDelay = 529;

const bitrates = {
  1: [0, 32, 40, 48, 56, 64, 80, 96, 112, 128, 160, 192, 224, 256, 320],
  2: [0, 8, 16, 24, 32, 40, 48, 56, 64, 80, 96, 112, 128, 144, 160],
};
const rates = [44_100, 48_000, 32_000];

/**
 * MP3: MPEG audio layer III. Frames have no numbers. In files of one bitrate a place is found by arithmetic, to the frame. In files of many the header's table of a hundred points is all there
 * is: there a seek lands near its time, the page says so, and what follows is without a gap all the same.
 */
export async function openMp3(reader, signal, codecs) {
  let at = 0;
  for (let n = 0; n < 4; n++) {
    const tag = await reader.span(at, 10, signal);
    if (String.fromCharCode(...tag.subarray(0, 3)) !== 'ID3') break;
    at += 10 + (tag[6] << 21 | tag[7] << 14 | tag[8] << 7 | tag[9]) + (tag[5] & 0x10 ? 10 : 0);
  }
  const bytes = await reader.span(at, probeSize, signal);
  if (String.fromCharCode(...bytes.subarray(0, 4)) === 'fLaC') return openFlac(reader, signal, codecs, at);
  const found = findFrame(bytes, 0, null);
  if (found === null) throw new Failure('format', 'There is no MP3 in this file.');
  const { header } = found;
  const info = readInfo(bytes.subarray(found.at, found.at + header.size), header);
  const begin = at + found.at + (info === null ? 0 : header.size);
  const size = info === null || !info.isVariable ? 144_000 * header.samples / 1152 * header.kbps / header.rate : ((info.bytes || reader.length - at) - header.size) / info.frames;
  const count = info?.frames || Math.floor((reader.length - begin) / size);
  const skip = info === null ? 0 : info.delay + decoderDelay;
  const frames = Math.max(0, count * header.samples - (info === null ? 0 : info.delay + info.padding));
  const config = { codec: 'mp3', sampleRate: header.rate, numberOfChannels: header.channels };
  await requireCodec(codecs, config, 'MP3');
  return {
    name: 'MP3', detail: info?.isVariable ? 'variable bitrate' : `${header.kbps} kbit/s`, sampleRate: header.rate, channels: header.channels, frames, isExact: !info?.isVariable, end: reader.length,
    locate: async frame => {
      const number = Math.max(0, Math.floor((frame + skip) / header.samples) - leadIn);
      // Padding moves a frame by less than two bytes from where the even size has it.
      const offset = number === 0 ? begin : begin + Math.floor(info?.isVariable ? byTable(info, number / count) * count * size : number * size - 2);
      return { offset, frame: number * header.samples - skip };
    },
    decoder: means => new Mp3Decoder(header, means, new PacketDecoder({ codecs, config, limit: frames }, means)),
  };
}

/** Share of the bytes at a share of the time. */
function byTable({ table }, share) {
  if (table === null) return share;
  const at = Math.min(99, Math.floor(share * 100));
  const next = at < 99 ? table[at + 1] : 256;
  return (table[at] + (share * 100 - at) * (next - table[at])) / 256;
}

/** What the first frame says of the whole file, in the form of Xing and LAME; null where it is a frame of sound. */
function readInfo(bytes, header) {
  const at = 4 + (header.version === 1 ? (header.channels === 1 ? 17 : 32) : header.channels === 1 ? 9 : 17);
  const name = String.fromCharCode(...bytes.subarray(at, at + 4));
  if ((name !== 'Xing' && name !== 'Info') || bytes.length < at + 8) return null;
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const flags = view.getUint32(at + 4);
  let next = at + 8;
  const field = (flag, size, read) => {
    if ((flags & flag) === 0 || next + size > bytes.length) return 0;
    next += size;
    return read(next - size);
  };
  const frames = field(1, 4, place => view.getUint32(place));
  const size = field(2, 4, place => view.getUint32(place));
  const table = field(4, 100, place => bytes.slice(place, place + 100)) || null;
  field(8, 4, () => 0);
  const isLame = next + 24 <= bytes.length && bytes[next] !== 0;
  const [a, b, c] = isLame ? bytes.subarray(next + 21, next + 24) : [0, 0, 0];
  return { isVariable: name === 'Xing' && frames > 0, frames, bytes: size, table, delay: a << 4 | b >> 4, padding: (b & 15) << 8 | c };
}

/** The first frame from a place on whose successor is a frame too, or which ends the bytes. */
function findFrame(bytes, from, like) {
  for (let at = bytes.indexOf(0xff, from); at !== -1 && at + 4 <= bytes.length; at = bytes.indexOf(0xff, at + 1)) {
    const header = readHeader(bytes, at, like);
    if (header !== null && (at + header.size + 4 > bytes.length || readHeader(bytes, at + header.size, header) !== null)) return { at, header };
  }
  return null;
}

/** @param {object | null} like a header of the same file, with which version, rate and channels have to agree */
export function readHeader(bytes, at, like) {
  if (bytes[at] !== 0xff || (bytes[at + 1] & 0xe6) !== 0xe2) return null;
  const version = bytes[at + 1] >> 3 & 3;
  const kbps = bitrates[version === 3 ? 1 : 2][bytes[at + 2] >> 4];
  const base = rates[bytes[at + 2] >> 2 & 3];
  if (version === 1 || !kbps || base === undefined) return null;
  const rate = base >> (version === 3 ? 0 : version === 2 ? 1 : 2);
  const samples = version === 3 ? 1152 : 576;
  const channels = bytes[at + 3] >> 6 === 3 ? 1 : 2;
  if (like !== null && (like.rate !== rate || like.channels !== channels)) return null;
  return { version: version === 3 ? 1 : 2, kbps, rate, samples, channels, size: Math.floor(samples / 8 * kbps * 1000 / rate) + (bytes[at + 2] >> 1 & 1) };
}

/** Cuts the bytes into frames and numbers them. */
class Mp3Decoder {
  #like;
  #frame;
  #codec;
  #bytes = new Uint8Array(0);
  #isFirst = true;

  constructor(like, { frame }, codec) {
    this.#like = like;
    this.#frame = frame;
    this.#codec = codec;
  }

  async feed(piece) {
    const whole = new Uint8Array(this.#bytes.length + piece.length);
    whole.set(this.#bytes);
    whole.set(piece, this.#bytes.length);
    const packets = [];
    let at = 0;
    while (at + 4 <= whole.length) {
      const header = this.#isFirst ? null : readHeader(whole, at, this.#like);
      if (header === null) {
        const found = findFrame(whole, this.#isFirst ? at : at + 1, this.#like);
        if (found === null) break;
        at = found.at;
        this.#isFirst = false;
        continue;
      }
      if (at + header.size > whole.length) break;
      packets.push({ data: whole.slice(at, at + header.size), frame: this.#frame });
      this.#frame += header.samples;
      at += header.size;
    }
    // What is no frame for longer than two of them may be is dropped, so that damage costs no memory.
    this.#bytes = whole.slice(Math.max(at, whole.length - 2 * probeSize));
    await this.#codec.decode(packets);
  }

  finish() {
    return this.#codec.finish();
  }

  close() {
    this.#codec.close();
  }
}
