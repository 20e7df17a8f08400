import { Failure } from './failure.js';

/** A file may say anything: no header goes through more chunks than this, and none of them is read beyond the sizes below. */
const mostChunks = 100;
const formatSize = 40;
const mostChannels = 32;

const integer = 1;
const float = 3;
const extensible = 0xfffe;

/**
 * RIFF/WAVE, RF64 and BW64 (EBU Tech 3306): integers of 8, 16, 24 and 32 bits, floats of 32 and 64.
 *
 * Chunks are gone through by their own sizes, padded to even ones; unknown ones are skipped unread. The size of the sound is what the header says, but never more than the file holds: a
 * recorder that was cut off leaves 0 or 0xffffffff there, and RF64 says 0xffffffff and means the 64-bit size of its `ds64` chunk.
 */
export async function openWav(reader, signal) {
  const head = view(await reader.span(0, 12, signal));
  const kind = name(head, 0);
  if (head.byteLength < 12 || !['RIFF', 'RF64', 'BW64'].includes(kind) || name(head, 8) !== 'WAVE') {
    throw new Failure('format', 'This is no WAV file.');
  }
  let format = null;
  let longSize = null;
  let at = 12;
  for (let n = 0; n < mostChunks && at + 8 <= reader.length; n++) {
    const chunk = view(await reader.span(at, 8 + formatSize, signal));
    if (chunk.byteLength < 8) {
      break;
    }
    const id = name(chunk, 0);
    const size = chunk.getUint32(4, true);
    const known = Math.min(size, chunk.byteLength - 8);
    const body = new DataView(chunk.buffer, chunk.byteOffset + 8, known);
    if (id === 'data') {
      if (format === null) {
        throw new Failure('format', 'The WAV file has its sound before its format.');
      }
      return describe(format, at + 8, soundSize(size, kind === 'RIFF' ? null : longSize, reader.length - at - 8));
    }
    if (id === 'fmt ' && known >= 16) {
      format = readFormat(body);
    } else if (id === 'ds64' && known >= 16) {
      const bytes = body.getBigUint64(8, true);
      longSize = bytes <= BigInt(Number.MAX_SAFE_INTEGER) ? Number(bytes) : null;
    }
    at += 8 + size + (size & 1);
  }
  throw new Failure('format', 'The WAV file has no sound in it.');
}

function soundSize(size, longSize, rest) {
  const said = size === 0xffffffff ? longSize ?? rest : size;
  return Math.min(said === 0 ? rest : said, rest);
}

function readFormat(body) {
  let tag = body.getUint16(0, true);
  const channels = body.getUint16(2, true);
  const sampleRate = body.getUint32(4, true);
  const align = body.getUint16(12, true);
  const bits = body.getUint16(14, true);
  if (tag === extensible && body.byteLength >= 40) {
    tag = body.getUint16(24, true);
  }
  const width = Math.ceil(bits / 8);
  if (channels < 1 || channels > mostChannels || sampleRate < 1000 || sampleRate > 768_000 || align !== width * channels) {
    throw new Failure('format', `The WAV file says ${channels} channels of ${bits} bits at ${sampleRate} Hz in blocks of ${align} bytes.`);
  }
  const convert = converters[`${tag}/${width}`];
  if (convert === undefined) {
    throw new Failure('unplayable', `This page does not play WAV with format ${tag} of ${bits} bits.`);
  }
  return { channels, sampleRate, align, width, convert, depth: `${bits}-bit${tag === float ? ' float' : ''}` };
}

function describe({ channels, sampleRate, align, width, convert, depth }, begin, size) {
  const frames = Math.floor(size / align);
  return {
    name: 'WAV', detail: depth, sampleRate, channels, frames, isExact: true,
    // By the block, so that a decoder never begins in the middle of a sample.
    locate: async frame => ({ offset: begin + frame * align, frame }),
    end: begin + frames * align,
    decoder: ({ frame, emit }) => new WavDecoder({ channels, align, width, convert, frame, emit }),
  };
}

/** Samples out of bytes; what is left of a frame at the end of a piece waits for the next piece. */
class WavDecoder {
  #format;
  #frame;
  #emit;
  #rest = new Uint8Array(0);
  #decoded = [];

  constructor({ frame, emit, ...format }) {
    this.#format = format;
    this.#frame = frame;
    this.#emit = emit;
  }

  async feed(piece) {
    const { channels, align, width, convert } = this.#format;
    let bytes = piece;
    if (this.#rest.length > 0) {
      bytes = new Uint8Array(this.#rest.length + piece.length);
      bytes.set(this.#rest);
      bytes.set(piece, this.#rest.length);
    }
    const count = Math.floor(bytes.length / align);
    this.#rest = bytes.slice(count * align);
    if (count === 0) {
      return;
    }
    // The same arrays for each piece, as the window copies what it takes: at a gigabyte an hour they would be most of the page's garbage.
    if (this.#decoded.length === 0 || this.#decoded[0].length < count) {
      this.#decoded = Array.from({ length: channels }, () => new Float32Array(count));
    }
    const samples = view(bytes);
    this.#decoded.forEach((out, channel) => {
      for (let i = 0, at = channel * width; i < count; i++, at += align) {
        out[i] = convert(samples, at);
      }
    });
    const frame = this.#frame;
    this.#frame += count;
    await this.#emit(frame, this.#decoded.map(out => out.subarray(0, count)));
  }

  async finish() {}

  close() {}
}

const converters = {
  [`${integer}/1`]: (view, at) => (view.getUint8(at) - 128) / 128,
  [`${integer}/2`]: (view, at) => view.getInt16(at, true) / 32_768,
  [`${integer}/3`]: (view, at) => (view.getUint8(at) | view.getInt16(at + 1, true) << 8) / 8_388_608,
  [`${integer}/4`]: (view, at) => view.getInt32(at, true) / 2_147_483_648,
  [`${float}/4`]: (view, at) => number(view.getFloat32(at, true)),
  [`${float}/8`]: (view, at) => number(view.getFloat64(at, true)),
};

/** What is no number in a file is silence: through an audio graph it would spread to everything that follows. */
function number(sample) {
  return Number.isFinite(sample) ? sample : 0;
}

function view(bytes) {
  return new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
}

function name(bytes, at) {
  return bytes.byteLength < at + 4 ? '' : String.fromCharCode(...new Uint8Array(bytes.buffer, bytes.byteOffset + at, 4));
}
