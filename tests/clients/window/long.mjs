// Takes a minute, and so is no part of the suite: node --test tests/clients/window/long.mjs
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Engine } from '../../../gateway/wwwroot/window/engine/engine.js';
import { FileServer, ManualClock, RecordingOutput, settle, wavHead } from './means.mjs';

const rate = 48_000;
const frames = 268_000_000;
const mega = 1_000_000;

/** A gigabyte of 16-bit stereo in which the four bytes of a frame are its number. */
function gigabyte() {
  const head = wavHead({ tag: 1, bits: 16, channels: 2, sampleRate: rate, size: frames * 4 });
  return new FileServer(head.length + frames * 4, (first, count) => {
    const from = Math.max(0, Math.floor((first - head.length) / 4));
    const numbers = new Uint8Array(Uint32Array.from({ length: count / 4 + 3 }, (_, i) => from + i).buffer);
    if (first >= head.length) return numbers.subarray((first - head.length) % 4, ((first - head.length) % 4) + count);
    const out = new Uint8Array(count);
    out.set(head.subarray(first, first + count));
    if (first + count > head.length) out.set(numbers.subarray(0, first + count - head.length), head.length - first);
    return out;
  }, 'audio/wav');
}

async function opened(server, seconds) {
  const clock = new ManualClock();
  const it = { server, clock };
  it.engine = new Engine(async () => ({ url: '/set.wav', headers: {} }), { fetch: server.fetch, clock, codecs: {}, openOutput: RecordingOutput.opener(output => { it.output = output; }) });
  it.engine.play();
  await it.engine.open(seconds);
  await settle(2000);
  return it;
}

/** A second of play, in which the clock and everything else move on; the left sample has the low sixteen bits of its frame. */
async function second(it, next) {
  it.output.played = [];
  it.output.run(rate);
  it.clock.moveBy(1000);
  await settle(400);
  let at = next;
  for (const { from, samples } of it.output.played) {
    assert.equal(from, at);
    for (let i = 0; i < samples.length; i += 97) assert.equal(Math.round(samples[i] * 32_768) & 0xffff, (from + i) & 0xffff);
    at += samples.length;
  }
  return at;
}

test('ten of a hundred requests fail over 250 ranges, and no frame is missing', { timeout: 900_000 }, async () => {
  const server = gigabyte();
  let random = 3;
  let failed = 0;
  server.fault = () => {
    random = (random * 16_807) % 2_147_483_647;
    if (random % 10 !== 0) return null;
    failed++;
    return [{ status: 503 }, { refuse: true }, { cutAfter: 1_500_001 }][failed % 3];
  };
  const it = await opened(server, 0);
  let next = 0;
  while (it.engine.state !== 'ended' && it.engine.failure === null) next = await second(it, next);
  const { starvations, stalePushes, breaks, requests, failures } = it.engine.figures;
  console.log({ next, requests, failures, failed, starvations, stalePushes, breaks });
  assert.equal(next, frames);
  assert.ok(requests > 250 && failures > 15);
  assert.deepEqual([starvations, stalePushes, breaks, server.mostOpen], [0, 0, 0, 1]);
});

test('from 700 MB on everything fails for 30 seconds; then it plays on where it was', async () => {
  const server = gigabyte();
  const it = await opened(server, (690 * mega) / (rate * 4));
  let next = it.engine.figures.frame;
  let since = null;
  server.fault = ({ last }) => {
    if (last < 700 * mega) return null;
    since ??= it.clock.now();
    return it.clock.now() - since < 30_000 ? { status: 502 } : null;
  };
  const seen = new Set();
  for (let n = 0; n < 120; n++) {
    next = await second(it, next);
    seen.add(`${it.engine.state}${it.engine.trouble === null ? '' : ' with trouble'}`);
  }
  const { starvations, stalePushes, breaks, frame } = it.engine.figures;
  console.log({ seen: [...seen], starvations, stalePushes, breaks, played: next - (690 * mega) / 4 });
  assert.equal(it.engine.state, 'playing');
  assert.equal(it.engine.failure, null);
  assert.ok(seen.has('playing with trouble') && next === frame && next > (690 * mega) / 4 + 90 * rate);
  assert.deepEqual([stalePushes, breaks], [0, 0]);
});
