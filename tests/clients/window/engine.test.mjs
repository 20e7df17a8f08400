import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Engine } from '../../../gateway/wwwroot/window/engine/engine.js';
import { FileServer, ManualClock, RecordingOutput, numberAt, numberedWav, settle } from './means.mjs';

const rate = 48_000;

const files = new Map();

function fileOf(seconds) {
  if (!files.has(seconds)) files.set(seconds, numberedWav(seconds * rate));
  return files.get(seconds);
}

async function opened({ seconds = 200, marks } = {}) {
  const server = FileServer.of(fileOf(seconds), 'audio/wav');
  const clock = new ManualClock();
  const it = {};
  const engine = new Engine(async () => ({ url: '/file.wav', headers: {} }), {
    fetch: server.fetch, clock, codecs: {}, openOutput: RecordingOutput.opener(output => { it.output = output; }), ...(marks ? { marks } : {}),
  });
  engine.play();
  await engine.open();
  await settle();
  return Object.assign(it, { engine, server, clock });
}

/** Plays on in small steps, with everything in between having its turn. */
async function hear({ output }, seconds) {
  for (let done = 0; done < seconds; done += 0.5) {
    output.run(0.5 * rate);
    await settle(200);
  }
}

/** Each sample tells its frame, and so does the queue: from `from` on, without a gap, at least `count` of them. */
function assertHeard(played, from, count) {
  let next = from;
  for (const block of played) {
    assert.equal(block.from, next);
    for (let i = 0; i < block.samples.length; i++) if (block.samples[i] !== numberAt(next + i)) assert.fail(`Frame ${next + i} sounds like ${block.samples[i] * 2 ** 24}.`);
    next += block.samples.length;
  }
  assert.ok(next - from >= count, `${next - from} of ${count} frames were heard.`);
  return next;
}

test('a file played to its end is heard frame by frame, by bounded ranges one at a time', async () => {
  const it = await opened({ seconds: 90 });
  await hear(it, 91);
  assert.equal(assertHeard(it.output.played, 0, 90 * rate), 90 * rate);
  assert.equal(it.engine.state, 'ended');
  assert.equal(it.server.mostOpen, 1);
  let next = 0;
  for (const { first, last } of it.server.asked) {
    assert.equal(first, next);
    assert.ok(last - first < 4 * 1024 * 1024 && last < it.server.length);
    assert.ok(first === 0 || (last + 1) % (4 * 1024 * 1024) === 0 || last === it.server.length - 1);
    next = last + 1;
  }
  const figures = it.engine.figures;
  assert.deepEqual([figures.stalePushes, figures.breaks, figures.starvations, figures.restarts], [0, 0, 0, 1]);
  assert.ok(it.server.asked.slice(1).every(({ ifRange, cache }) => ifRange === '"one"' && cache === 'no-store'));
});

test('decoding stops at the high mark, goes on below the low one, and a pause asks for nothing', async () => {
  const it = await opened({ seconds: 200 });
  assert.equal(it.engine.figures.ahead, 30);
  const asked = it.server.asked.length;
  await hear(it, 14);
  assert.equal(it.server.asked.length, asked);
  assert.ok(it.engine.figures.ahead > 15 && it.engine.figures.ahead <= 16.1);
  await hear(it, 2);
  await settle(1000);
  assert.ok(it.engine.figures.ahead > 28);
  it.engine.pause();
  const still = it.server.asked.length;
  await settle(200);
  assert.equal(it.server.asked.length, still);
  it.engine.play();
  await hear(it, 60);
  assert.ok(it.engine.figures.mostAhead <= 30 && it.engine.figures.behind <= 10.01, JSON.stringify(it.engine.figures));
});

test('a seek inside the window asks for nothing; one outside begins at its own place', async () => {
  const it = await opened({ seconds: 200 });
  await hear(it, 40);
  for (const place of [31, 40, 60.25]) {
    const { length } = it.server.asked;
    const { restarts } = it.engine;
    it.output.played = [];
    it.engine.seek(place);
    await settle(300);
    await hear(it, 1);
    assertHeard(it.output.played, place * rate, rate);
    assert.equal(it.engine.restarts, restarts);
    assert.ok(it.server.asked.slice(length).every(({ first }) => first % (4 * 1024 * 1024) === 0));
  }
  for (const place of [150, 5, 0, 199.5]) {
    const { length } = it.server.asked;
    it.output.played = [];
    it.engine.seek(place);
    await settle();
    await hear(it, 0.5);
    assertHeard(it.output.played, place * rate, rate / 2);
    assert.equal(it.server.asked[length].first, 44 + place * rate * 4);
  }
  assert.equal(it.engine.figures.stalePushes, 0);
});

test('two hundred seeks at once leave one run, no stale push and the last place', async () => {
  const it = await opened({ seconds: 200 });
  let random = 7;
  for (let n = 0; n < 200; n++) {
    random = (random * 16_807) % 2_147_483_647;
    it.engine.seek(random % 200);
    if (n % 5 === 0) it.output.run(2048);
    await settle(n % 4);
  }
  it.output.played = [];
  it.engine.seek(123);
  await settle(300);
  await hear(it, 30);
  assertHeard(it.output.played, 123 * rate, 30 * rate);
  assert.equal(it.engine.figures.stalePushes, 0);
  assert.equal(it.engine.figures.breaks, 0);
  assert.equal(it.server.mostOpen, 1);
});

test('ranges that fail or break off cost no frame while enough is decoded', async () => {
  const it = await opened({ seconds: 200 });
  let random = 3;
  it.server.fault = ({ number }) => {
    random = (random * 16_807) % 2_147_483_647;
    return number % 3 === 0 ? [{ status: 503 }, { refuse: true }, { cutAfter: 100_001 }][random % 3] : null;
  };
  for (let n = 0; n < 201; n++) {
    await hear(it, 1);
    it.clock.moveBy(1000);
    await settle(200);
  }
  assertHeard(it.output.played, 0, 200 * rate);
  assert.equal(it.engine.figures.starvations, 0);
  assert.ok(it.engine.figures.failures > 2);
});

test('a fault that lasts is told, wedges nothing, and play goes on where it was', async () => {
  const it = await opened({ seconds: 200 });
  it.server.fault = () => ({ status: 502 });
  for (let n = 0; n < 46; n++) {
    await hear(it, 1);
    it.clock.moveBy(1000);
  }
  assert.equal(it.engine.trouble?.told.status, 502);
  assert.equal(it.engine.state, 'waiting');
  for (let n = 0; n < 20; n++) {
    it.clock.moveBy(1000);
    await settle();
  }
  assert.equal(it.engine.state, 'failed');
  it.server.fault = () => null;
  const before = assertHeard(it.output.played, 0, 15 * rate);
  await it.engine.retry();
  await settle();
  await hear(it, 5);
  assertHeard(it.output.played, 0, before + 4 * rate);
  assert.equal(it.engine.state, 'playing');
});

test('a file that changes under play is told and never mixed; a retry plays the new one from there', async () => {
  const it = await opened({ seconds: 200 });
  it.server.tag = '"two"';
  await hear(it, 40);
  assert.equal(it.engine.failure?.kind, 'changed');
  const changedAt = assertHeard(it.output.played, 0, 5 * rate);
  await it.engine.retry();
  await settle();
  assert.equal(Math.round(it.engine.position * rate), changedAt);
  assert.equal(it.engine.state, 'waiting');
  await hear(it, 1);
  assert.equal(it.engine.state, 'playing');
});

test('many channels at a high rate shorten the window to its bytes', async () => {
  const it = await opened({ seconds: 200, marks: { ahead: 30, low: 15, behind: 10, mostBytes: 2_000_000 } });
  const figures = it.engine.figures;
  assert.ok(figures.windowBytes <= 2_000_000);
  assert.ok(figures.ahead > 7 && figures.ahead < 8.4);
  await hear(it, 50);
  assertHeard(it.output.played, 0, 50 * rate);
});

test('a lost session is asked for again, and the file must be the same', async () => {
  const it = await opened({ seconds: 200 });
  it.server.fault = ({ number }) => (number === 5 ? { status: 401, headers: { 'Content-Type': 'application/problem+json' }, body: '{"code":"STREAMING_TICKET_EXPIRED"}' } : null);
  for (let n = 0; n < 100; n++) {
    await hear(it, 1);
    it.clock.moveBy(1000);
  }
  assertHeard(it.output.played, 0, 100 * rate);
  assert.equal(it.engine.figures.failures, 1);
});
