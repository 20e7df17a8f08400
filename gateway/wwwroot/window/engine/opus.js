import { Failure } from './failure.js';
import { findPages, mostPageSize, readPage } from './ogg.js';
import { PacketDecoder, requireCodec } from './packets.js';
import { probeSize } from './ranges.js';
import { searchPlace } from './search.js';

/** Opus always decodes at this rate (RFC 7845 §4). */
const rate = 48_000;

/** A decoder that begins anywhere needs so much before its samples are right: 80 ms (RFC 7845 §4.6). */
const settling = 3840;

const mostHeaderPages = 600;

/**
 * Opus in Ogg (RFC 7845): one logical stream. Positions are granules without the pre-skip.
 *
 * The place for a time is found by looking: the pages tell their times, so a few looks of 64 KiB between the known ends, each where the time would lie if bytes were spread evenly, lead to
 * the page. It is decoded from 80 ms before the frame on, and what comes before the frame is dropped.
 */
export async function openOpus(reader, signal, codecs) {
  const { head, serial, begin } = await readHeaders(reader, signal);
  const end = await findEnd(reader, signal, serial);
  const frames = end - head.preSkip;
  if (frames <= 0) {
    throw new Failure('format', 'The Opus file has no sound in it.');
  }
  const config = { codec: 'opus', sampleRate: rate, numberOfChannels: head.channels };
  if (head.family !== 0) {
    // What the header says of skipping and gain is done here, the same in each browser.
    const description = head.bytes.slice();
    description.fill(0, 10, 12);
    description.fill(0, 16, 18);
    config.description = description;
  }
  await requireCodec(codecs, config, 'Opus');
  return {
    name: 'Opus', detail: 'in Ogg', sampleRate: rate, channels: head.channels, frames, isExact: true, end: reader.length,
    locate: (frame, stop) => locate({ reader, signal: stop, serial, begin, end, granule: frame + head.preSkip, preSkip: head.preSkip }),
    decoder: means => new OpusDecoder(serial, head.preSkip, means, new PacketDecoder({ codecs, config, limit: frames, gain: 10 ** (head.gain / 5120) }, means)),
  };
}

async function readHeaders(reader, signal) {
  let at = 0;
  let head = null;
  let serial = 0;
  for (let n = 0; n < mostHeaderPages; n++) {
    const bytes = await reader.span(at, probeSize, signal);
    let page = readPage(bytes, 0);
    if (page === 'short') page = readPage(join(bytes, await reader.span(at + bytes.length, mostPageSize - probeSize + 1, signal)), 0);
    if (page === null || page === 'short') break;
    if (head === null) {
      head = readHead(bytes.subarray(page.packets[0]?.from ?? 0, page.packets[0]?.to ?? 0));
      serial = page.serial;
    } else if (page.serial === serial && page.packets.some(packet => packet.isComplete)) {
      // The comment header ends here, and sound begins on a new page (RFC 7845 §3).
      return { head, serial, begin: at + page.size };
    }
    at += page.size;
  }
  throw new Failure('format', 'The headers of the Ogg file cannot be read.');
}

function readHead(bytes) {
  if (bytes.length < 19 || String.fromCharCode(...bytes.subarray(0, 8)) !== 'OpusHead') {
    throw new Failure('unplayable', 'This Ogg file has something else than Opus in it.');
  }
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const channels = view.getUint8(9);
  if (channels === 0 || view.getUint8(8) > 15) {
    throw new Failure('format', 'The Opus header is damaged.');
  }
  return { bytes: bytes.slice(), channels, preSkip: view.getUint16(10, true), gain: view.getInt16(16, true), family: view.getUint8(18) };
}

/** The granule of the last page that has one. */
async function findEnd(reader, signal, serial) {
  for (let back = probeSize, bytes = new Uint8Array(0); ; back += probeSize) {
    const from = Math.max(0, reader.length - back);
    bytes = join(await reader.span(from, reader.length - bytes.length - from, signal), bytes);
    const last = findPages(bytes).findLast(page => page.serial === serial && page.granule >= 0n);
    if (last !== undefined) return Number(last.granule);
    if (from === 0 || back >= 4 * probeSize) throw new Failure('format', 'The end of the Ogg file cannot be read.');
  }
}

async function locate({ reader, signal, serial, begin, end, granule, preSkip }) {
  const place = await searchPlace({
    reader, signal, low: { offset: begin, position: 0 }, high: { offset: reader.length, position: end }, wanted: granule - settling, near: mostPageSize,
    find: (bytes, offset) => findPages(bytes).filter(page => page.serial === serial)
      .map(page => ({ offset: offset + page.at, position: startOf(page, bytes) })).filter(known => known.position !== null),
  });
  return { offset: place.offset, frame: place.position - preSkip };
}

/** Where the first packet that begins in a page begins. Unknown where no packet ends, and in the last page, whose granule cuts its end off. */
function startOf(page, bytes) {
  if (page.granule < 0n || page.isLast) return null;
  const counted = page.packets.filter((packet, i) => packet.isComplete && !(i === 0 && page.isContinued));
  return Number(page.granule) - counted.reduce((sum, { from, to }) => sum + framesOf(bytes.subarray(page.at + from, page.at + to)), 0);
}

/** Frames of a packet, by its first two bytes (RFC 6716 §3.1); 0 for one that breaks the format's own bounds. */
export function framesOf(packet) {
  if (packet.length === 0) return 0;
  const config = packet[0] >> 3;
  const size = config < 12 ? [480, 960, 1920, 2880][config & 3] : config < 16 ? [480, 960][config & 1] : [120, 240, 480, 960][config & 3];
  const code = packet[0] & 3;
  const count = code === 0 ? 1 : code < 3 ? 2 : packet.length > 1 ? packet[1] & 63 : 0;
  return size * count <= 5760 ? size * count : 0;
}

/** Pages into packets, packets into the codec, each with the frame that it begins with. */
class OpusDecoder {
  #serial;
  #preSkip;
  #codec;
  #frame;
  #bytes = new Uint8Array(0);
  #partial = null;
  #sequence = null;

  constructor(serial, preSkip, { frame }, codec) {
    this.#serial = serial;
    this.#preSkip = preSkip;
    this.#frame = frame;
    this.#codec = codec;
  }

  async feed(piece) {
    this.#bytes = join(this.#bytes, piece);
    let at = 0;
    for (;;) {
      const page = readPage(this.#bytes, at);
      if (page === 'short') break;
      if (page === null) {
        at++;
        continue;
      }
      const packets = page.serial === this.#serial ? this.#packetsOf(page, at) : [];
      at += page.size;
      await this.#codec.decode(packets);
    }
    this.#bytes = this.#bytes.slice(at);
  }

  finish() {
    return this.#codec.finish();
  }

  close() {
    this.#codec.close();
  }

  #packetsOf(page, at) {
    const isNext = this.#sequence !== null && page.sequence === this.#sequence + 1;
    this.#sequence = page.sequence;
    const packets = [];
    page.packets.forEach(({ from, to, isComplete }, i) => {
      let data = this.#bytes.slice(at + from, at + to);
      if (i === 0 && page.isContinued) {
        // The rest of a packet whose beginning is not known is no packet.
        if (!isNext || this.#partial === null) {
          this.#partial = null;
          return;
        }
        data = join(this.#partial, data);
      }
      this.#partial = isComplete ? null : data;
      if (isComplete) packets.push({ data, frames: framesOf(data) });
    });
    // The page says where its packets end; only in the last one is that less than they hold.
    if (page.granule >= 0n && !page.isLast) this.#frame = Number(page.granule) - this.#preSkip - packets.reduce((sum, packet) => sum + packet.frames, 0);
    return packets.filter(packet => packet.frames > 0).map(({ data, frames }) => {
      const frame = this.#frame;
      this.#frame += frames;
      return { data, frame };
    });
  }
}

function join(one, other) {
  if (one.length === 0) return other;
  const whole = new Uint8Array(one.length + other.length);
  whole.set(one);
  whole.set(other, one.length);
  return whole;
}
