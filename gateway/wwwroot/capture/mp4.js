/**
 * Writes one chunk as a fragmented MP4 (ISO/IEC 14496-12) that plays by itself: header, one fragment, media. Encoded frames go in as they are, so nothing is lost or moved where chunks meet.
 *
 * @typedef {object} Sample
 * @property {Uint8Array} data one encoded frame
 * @property {number} time microseconds on the recording's axis
 * @property {boolean} isKey decodable without the ones before
 *
 * @typedef {object} Track
 * @property {'avc1' | 'mp4a' | 'Opus'} entry sample entry
 * @property {number} timescale ticks per second
 * @property {Uint8Array} [description] avcC record, or AudioSpecificConfig
 * @property {number} [width] pixels
 * @property {number} [height] pixels
 * @property {number} [channels]
 * @property {number} [sampleRate] hertz
 * @property {Sample[]} samples in decoding order, which is the order of presentation: none of these encoders reorders
 * @property {number} end microseconds at which the last sample ends
 */

const keySample = 0x02000000;
const deltaSample = 0x01010000;
const unityMatrix = [0x10000, 0, 0, 0, 0x10000, 0, 0, 0, 0x40000000];

/**
 * @param {Track[]} tracks at least one; the server takes a chunk's duration from the first
 * @param {number} begin microseconds at which the chunk begins: time zero of the file
 * @returns {Blob}
 */
export function chunkOf(tracks, begin) {
  const header = concat(
    box('ftyp', 'iso6', u32(0), 'iso6', 'mp41'),
    box('moov',
      full('mvhd', 0, 0, u32(0, 0, 1000, 0, 0x10000), u16(0x100, 0), u32(0, 0), u32(...unityMatrix), u32(0, 0, 0, 0, 0, 0, tracks.length + 1)),
      ...tracks.map((track, i) => trackBox(track, i + 1)),
      box('mvex', ...tracks.map((_, i) => full('trex', 0, 0, u32(i + 1, 1, 0, 0, 0))))));

  // The offsets stand inside the fragment header, whose length does not depend on them.
  const length = fragment(tracks, begin, tracks.map(() => 0)).length;
  let at = length + 8;
  const offsets = tracks.map(track => {
    const offset = at;
    at += bytesOf(track);
    return offset;
  });
  const media = tracks.flatMap(track => track.samples.map(sample => sample.data));
  return new Blob([header, fragment(tracks, begin, offsets), u32(at - length), ascii('mdat'), ...media], { type: 'video/mp4' });
}

function fragment(tracks, begin, offsets) {
  return box('moof', full('mfhd', 0, 0, u32(1)), ...tracks.map((track, i) => {
    const ticks = time => Math.round(((time - begin) * track.timescale) / 1e6);
    const rows = track.samples.map((sample, n) => {
      const next = track.samples[n + 1]?.time ?? track.end;
      return u32(Math.max(ticks(next) - ticks(sample.time), 1), sample.data.length, sample.isKey ? keySample : deltaSample);
    });
    const first = Math.max(ticks(track.samples[0].time), 0);
    return box('traf',
      full('tfhd', 0, 0x020000, u32(i + 1)),
      full('tfdt', 1, 0, u32(Math.floor(first / 2 ** 32), first % 2 ** 32)),
      full('trun', 0, 0x701, u32(rows.length, offsets[i]), ...rows));
  }));
}

function trackBox(track, id) {
  const isVideo = track.entry === 'avc1';
  return box('trak',
    full('tkhd', 0, 3, u32(0, 0, id, 0, 0, 0, 0), u16(0, 0, isVideo ? 0 : 0x100, 0), u32(...unityMatrix), u32((track.width ?? 0) * 0x10000, (track.height ?? 0) * 0x10000)),
    box('mdia',
      full('mdhd', 0, 0, u32(0, 0, track.timescale, 0), u16(0x55C4, 0)),
      full('hdlr', 0, 0, u32(0), isVideo ? 'vide' : 'soun', u32(0, 0, 0), u8(0)),
      box('minf',
        isVideo ? full('vmhd', 0, 1, u16(0, 0, 0, 0)) : full('smhd', 0, 0, u32(0)),
        box('dinf', full('dref', 0, 0, u32(1), full('url ', 0, 1))),
        box('stbl',
          full('stsd', 0, 0, u32(1), isVideo ? videoEntry(track) : audioEntry(track)),
          full('stts', 0, 0, u32(0)), full('stsc', 0, 0, u32(0)), full('stsz', 0, 0, u32(0, 0)), full('stco', 0, 0, u32(0))))));
}

function videoEntry(track) {
  return box('avc1', u32(0), u16(0, 1), u32(0, 0, 0, 0), u16(track.width, track.height), u32(0x480000, 0x480000, 0), u16(1), new Uint8Array(32), u16(0x18, 0xFFFF),
    box('avcC', track.description));
}

function audioEntry(track) {
  const fields = [u32(0), u16(0, 1), u32(0, 0), u16(track.channels, 16), u32(0), u32(track.sampleRate * 0x10000)];
  // No samples are skipped at the start of a chunk: the encoder ran on from the one before.
  return track.entry === 'Opus'
    ? box('Opus', ...fields, box('dOps', u8(0, track.channels), u16(0), u32(track.sampleRate), u16(0), u8(0)))
    : box('mp4a', ...fields, full('esds', 0, 0, descriptors(track.description)));
}

/** ES_Descriptor with DecoderConfig, AudioSpecificConfig and SLConfig (ISO/IEC 14496-1 §7.2.6). */
function descriptors(config) {
  const specific = concat(u8(5, config.length), config);
  const decoder = concat(u8(4, 13 + specific.length, 0x40, 0x15, 0, 0, 0), u32(0, 0), specific);
  const sync = u8(6, 1, 2);
  return concat(u8(3, 3 + decoder.length + sync.length), u16(0), u8(0), decoder, sync);
}

function bytesOf(track) {
  return track.samples.reduce((sum, sample) => sum + sample.data.length, 0);
}

function box(type, ...parts) {
  const body = concat(...parts);
  return concat(u32(body.length + 8), type, body);
}

function full(type, version, flags, ...parts) {
  return box(type, u32(version * 0x1000000 + flags), ...parts);
}

function concat(...parts) {
  const bytes = parts.map(part => (typeof part === 'string' ? ascii(part) : part));
  const whole = new Uint8Array(bytes.reduce((sum, part) => sum + part.length, 0));
  let at = 0;
  for (const part of bytes) {
    whole.set(part, at);
    at += part.length;
  }
  return whole;
}

function ascii(text) {
  return Uint8Array.from(text, letter => letter.charCodeAt(0));
}

function u8(...numbers) {
  return Uint8Array.from(numbers);
}

function u16(...numbers) {
  return big(2, numbers, (view, at, number) => view.setUint16(at, number));
}

function u32(...numbers) {
  return big(4, numbers, (view, at, number) => view.setUint32(at, number));
}

function big(size, numbers, write) {
  const bytes = new Uint8Array(numbers.length * size);
  const view = new DataView(bytes.buffer);
  numbers.forEach((number, i) => write(view, i * size, number));
  return bytes;
}
