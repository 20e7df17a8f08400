import assert from 'node:assert/strict';
import { test } from 'node:test';
import { systemClock } from '../../../gateway/wwwroot/window/engine/clock.js';
import { openFormat } from '../../../gateway/wwwroot/window/engine/formats.js';
import { RangeReader } from '../../../gateway/wwwroot/window/engine/reader.js';
import { FileSource } from '../../../gateway/wwwroot/window/engine/source.js';
import { rangeFrom, readContentRange } from '../../../gateway/wwwroot/window/engine/ranges.js';
import { readWaveform } from '../../../gateway/wwwroot/window/waveform.js';
import { FileServer, wavHead } from './means.mjs';

const signal = new AbortController().signal;

function readerOf(content, length = content.length) {
  const server = new FileServer(length, (first, count) => {
    const out = new Uint8Array(count);
    out.set(content.subarray(first, first + count));
    return out;
  });
  return { server, reader: new RangeReader(new FileSource({ url: '/f', headers: {} }, { fetch: server.fetch, clock: systemClock })) };
}

async function decode(format, pieces) {
  const heard = [];
  const decoder = format.decoder({ frame: 0, room: async () => {}, emit: async (frame, channels) => heard.push({ frame, channels: channels.map(samples => samples.slice()) }) });
  for (const piece of pieces) await decoder.feed(piece);
  return heard;
}

function chunk(id, body, size = body.length) {
  const bytes = new Uint8Array(8 + body.length + (body.length & 1));
  [...id].forEach((letter, i) => { bytes[i] = letter.charCodeAt(0); });
  new DataView(bytes.buffer).setUint32(4, size, true);
  bytes.set(body, 8);
  return bytes;
}

function file(kind, ...chunks) {
  const form = new Uint8Array(12);
  [...`${kind}\0\0\0\0WAVE`].forEach((letter, i) => { form[i] = letter.charCodeAt(0); });
  return Uint8Array.from([...form, ...chunks.flatMap(part => [...part])]);
}

function formatChunk(tag, bits, { channels = 1, rate = 8000, extension = null } = {}) {
  const body = new DataView(new ArrayBuffer(extension === null ? 16 : 40));
  [tag, channels].forEach((value, i) => body.setUint16(2 * i, value, true));
  body.setUint32(4, rate, true);
  body.setUint16(12, channels * Math.ceil(bits / 8), true);
  body.setUint16(14, bits, true);
  if (extension !== null) body.setUint16(24, extension, true);
  return chunk('fmt ', new Uint8Array(body.buffer));
}

for (const [name, tag, bits, bytes, expected] of [
  ['8 bits', 1, 8, [0, 128, 255], [-1, 0, 127 / 128]],
  ['16 bits', 1, 16, [0, 128, 0, 0, 255, 127], [-1, 0, 32_767 / 32_768]],
  ['24 bits', 1, 24, [0, 0, 128, 1, 0, 0, 255, 255, 127], [-1, 1 / 8_388_608, 8_388_607 / 8_388_608]],
  ['32 bits', 1, 32, [0, 0, 0, 128, 0, 0, 0, 64], [-1, 0.5]],
  ['32-bit float', 3, 32, [0, 0, 128, 191, 0, 0, 192, 127], [-1, 0]],
  ['64-bit float', 3, 64, [0, 0, 0, 0, 0, 0, 224, 63], [0.5]],
]) {
  test(`WAV of ${name} gives its samples, cut anywhere, plain and extensible`, async () => {
    for (const head of [formatChunk(tag, bits), formatChunk(0xfffe, bits, { extension: tag })]) {
      const { reader } = readerOf(file('RIFF', head, chunk('data', Uint8Array.from(bytes))));
      const format = await openFormat(reader, signal, {});
      assert.equal(format.frames, expected.length);
      for (let cut = 0; cut <= bytes.length; cut++) {
        const heard = await decode(format, [Uint8Array.from(bytes.slice(0, cut)), Uint8Array.from(bytes.slice(cut))]);
        assert.deepEqual(heard.flatMap(({ channels }) => [...channels[0]]), expected.map(Math.fround));
      }
    }
  });
}

test('WAV chunks that nobody knows are skipped, odd ones with their padding, long ones unread', async () => {
  const { reader } = readerOf(file('RIFF', chunk('junk', new Uint8Array(3)), chunk('LIST', new Uint8Array(7)), formatChunk(1, 16), chunk('odd ', new Uint8Array(1)), chunk('data', new Uint8Array(20))));
  assert.equal((await openFormat(reader, signal, {})).frames, 10);

  const far = 20_000_000;
  const start = file('RIFF', formatChunk(1, 16), chunk('junk', new Uint8Array(0), far));
  const { server, reader: other } = readerOf(new Uint8Array(0), start.length + far + 8 + 2000);
  const data = chunk('data', new Uint8Array(0), 2000);
  server.bytes = (first, count) => Uint8Array.from({ length: count }, (_, i) => start[first + i] ?? data[first + i - start.length - far] ?? 0);
  assert.equal((await openFormat(other, signal, {})).frames, 1000);
  assert.ok(server.asked.length <= 3 && server.asked.every(({ first, last }) => last - first < 65_536), JSON.stringify(server.asked));
});

test('RF64 has its size in 64 bits, and no header promises more than the file holds', async () => {
  const ds64 = new DataView(new ArrayBuffer(28));
  ds64.setBigUint64(8, 6_000_000_000n, true);
  const head = file('RF64', chunk('ds64', new Uint8Array(ds64.buffer)), formatChunk(1, 16, { channels: 2, rate: 96_000 }), chunk('data', new Uint8Array(0), 0xffffffff));
  const { reader } = readerOf(head, head.length + 6_000_000_000 + 500);
  const format = await openFormat(reader, signal, {});
  assert.equal(format.frames, 1_500_000_000);
  assert.deepEqual(await format.locate(1_400_000_000), { offset: head.length + 5_600_000_000, frame: 1_400_000_000 });

  for (const [size, frames] of [[0, 50], [0xffffffff, 50], [4_000_000_000, 50], [40, 20]]) {
    const { reader: cut } = readerOf(file('RIFF', formatChunk(1, 16), chunk('data', new Uint8Array(100), size)));
    assert.equal((await openFormat(cut, signal, {})).frames, frames);
  }
});

test('hostile headers end with a failure, never with a hang or a huge allocation', async () => {
  const hostile = [
    file('RIFF'), file('RIFF', formatChunk(1, 16)), file('RIFF', chunk('data', new Uint8Array(4))), file('RIFF', ...Array.from({ length: 500 }, () => chunk('junk', new Uint8Array(0))), formatChunk(1, 16)),
    file('RIFF', formatChunk(1, 16, { channels: 60_000 }), chunk('data', new Uint8Array(4))), file('RIFF', formatChunk(1, 16, { rate: 0 }), chunk('data', new Uint8Array(4))),
    file('RIFF', formatChunk(17, 4), chunk('data', new Uint8Array(4))), file('RIFF', chunk('fmt ', new Uint8Array(4)), chunk('data', new Uint8Array(4))),
    Uint8Array.from([0x52, 0x49]), new Uint8Array(5000), Uint8Array.from([...'fLaC'].map(letter => letter.charCodeAt(0))), Uint8Array.from([...'OggS\0\0'].map(letter => letter.charCodeAt(0))),
    Uint8Array.from([0x49, 0x44, 0x33, 4, 0, 0, 0x7f, 0x7f, 0x7f, 0x7f, 1, 2, 3, 4]), Uint8Array.from([0xff, 0xfb, 0x90, 0, 1, 2]),
  ];
  for (const [n, content] of hostile.entries()) {
    await assert.rejects(openFormat(readerOf(content).reader, signal, {}), error => error.name === 'Failure' && !error.passes, `No. ${n} was let through.`);
  }
});

test('random bytes behind a true beginning are a failure or a format within the file', async () => {
  let random = 11;
  const next = () => (random = (random * 16_807) % 2_147_483_647);
  const good = file('RIFF', chunk('junk', new Uint8Array(5)), formatChunk(1, 16), chunk('data', new Uint8Array(200)));
  for (let n = 0; n < 2000; n++) {
    const content = good.slice(0, 20 + (next() % (good.length - 20)));
    for (let hits = next() % 6; hits > 0; hits--) content[12 + (next() % (content.length - 12))] = next();
    try {
      const format = await openFormat(readerOf(content).reader, signal, {});
      assert.ok(format.end <= content.length && format.frames >= 0);
    } catch (error) {
      assert.equal(error.name, 'Failure', error.stack);
    }
  }
});

test('ranges go to the next boundary, and only a complete Content-Range is believed', () => {
  assert.deepEqual(rangeFrom(0, 10_000_000), { first: 0, last: 4_194_303 });
  assert.deepEqual(rangeFrom(4_194_303, 10_000_000), { first: 4_194_303, last: 4_194_303 });
  assert.deepEqual(rangeFrom(9_000_000, 10_000_000), { first: 9_000_000, last: 9_999_999 });
  for (const [offset, length] of [[-1, 5], [5, 5], [NaN, 5], [2 ** 53, Infinity]]) assert.throws(() => rangeFrom(offset, length), RangeError);
  assert.deepEqual(readContentRange('bytes 0-9/10'), { first: 0, last: 9, length: 10 });
  for (const bad of [null, '', 'bytes 0-9/*', 'bytes */10', 'bytes 9-0/10', 'bytes 0-10/10', 'bytes 0-9/99999999999999999999']) assert.equal(readContentRange(bad), null);
});

test('a waveform of either version is read, and a hostile one within its bytes', () => {
  for (const [version, flags, body] of [[1, 1, [0x80, 0x7f, 0xc0, 0x40]], [1, 0, [0, 0x80, 0, 0x40, 0, 0xc0, 0, 0x40]], [2, 1, [0x80, 0x7f, 0xc0, 0x40]]]) {
    const begin = version === 2 ? 24 : 20;
    const view = new DataView(new ArrayBuffer(begin + body.length));
    [version, flags, 48_000, 480, 1_000_000, 1].slice(0, begin / 4).forEach((value, i) => view.setUint32(4 * i, value, true));
    body.forEach((value, i) => view.setUint8(begin + i, value));
    assert.equal(readWaveform(view.buffer).at(0, 0.5).low, -1);
    assert.equal(readWaveform(view.buffer).at(0.9, 0.5).low, -0.5);
  }
  for (const bytes of [0, 19, 20, 24]) assert.equal(readWaveform(new ArrayBuffer(bytes)), null);
});

test('the head of the tests is one that the parser takes', async () => {
  const { reader } = readerOf(Uint8Array.from([...wavHead({ tag: 1, bits: 16, channels: 2, sampleRate: 44_100, size: 8 }), 0, 0, 0, 0, 0, 0, 0, 0]));
  const { sampleRate, channels, frames } = await openFormat(reader, signal, {});
  assert.deepEqual([sampleRate, channels, frames], [44_100, 2, 2]);
});
