import assert from 'node:assert/strict';
import { test } from 'node:test';
import { TrackServer, settle } from './means.mjs';
import { assertHeard, opened, warm } from './opened.mjs';

test('a seek to a place that is not there asks for its chunk first, and ends the older request', async () => {
  const server = new TrackServer({ seconds: 3600 });
  const it = await opened({ server });
  let aborted = 0;
  server.gate = ({ index }, signal) => (index === 2 ? new Promise((_, reject) => {
    signal.addEventListener('abort', () => {
      aborted++;
      reject(signal.reason);
    });
  }) : null);
  await it.element.run(10);
  const before = server.asked.length;
  it.element.played = [];
  it.engine.seek(3000);
  await settle(100);
  assert.equal(server.asked[before].index, 100);
  assert.equal(aborted, 1);
  await it.element.run(20);
  assertHeard(it.element.played, 3000, 20);
  assert.equal(it.engine.late, 0);
});

test('a seek inside what is there asks for nothing', async () => {
  const it = await opened({ server: new TrackServer({ seconds: 3600 }) });
  await it.element.run(40);
  const { length } = it.server.asked;
  const { restarts } = it.engine;
  for (const place of [12, 55, 30.5]) {
    it.element.played = [];
    it.engine.seek(place);
    await it.element.run(2);
    assertHeard(it.element.played, place, 2);
  }
  assert.equal(it.engine.restarts, restarts);
  assert.equal(it.server.asked.slice(length).filter(({ index }) => index < 3).length, 0);
});

test('of two hundred seeks the last one counts, with one request at a time', async () => {
  const it = await opened({ server: new TrackServer({ seconds: 3600 }) });
  let random = 7;
  for (let n = 0; n < 200; n++) {
    random = (random * 16_807) % 2_147_483_647;
    it.engine.seek(random % 3600);
    await settle(n % 4);
  }
  it.engine.seek(1234);
  await settle(300);
  it.element.played = [];
  await it.element.run(60);
  assertHeard(it.element.played, 1234, 60);
  assert.equal(it.buffer.overlaps, 0);
  assert.ok(it.server.mostOpen <= 2, String(it.server.mostOpen));
});

test('another sound keeps the place, is heard as soon as its chunk is there, and nothing stands still before', async () => {
  const server = new TrackServer();
  const it = await opened({ server });
  await it.element.run(40);
  let release;
  const held = new Promise(resolve => { release = resolve; });
  server.gate = ({ sound }) => (sound.startsWith('war') ? held : null);
  it.engine.switchTo(warm);
  await it.element.run(5);
  assert.equal(it.element.played.at(-1).sound, 'pla');
  release();
  await settle(100);
  await it.element.run(30);
  assertHeard(it.element.played, 0, 75);
  assert.deepEqual([...new Set(it.element.played.map(({ sound }) => sound))], ['pla', 'war']);
  assert.equal(it.element.played.filter(({ at, sound }) => at >= 46 && sound === 'pla').length, 0);
  assert.equal(it.engine.figures.position, 75);
});

test('after a switch a seek never finds the old sound', async () => {
  const server = new TrackServer({ seconds: 3600 });
  const it = await opened({ server });
  await it.element.run(40);
  let release;
  const held = new Promise(resolve => { release = resolve; });
  server.gate = (_, signal) => Promise.race([held, new Promise(resolve => { signal.addEventListener('abort', resolve); })]);
  it.engine.switchTo(warm);
  await settle(50);
  it.element.played = [];
  it.engine.seek(75);
  await settle(50);
  await it.element.run(5);
  assert.deepEqual(it.element.played, []);
  release();
  await settle(100);
  await it.element.run(5);
  it.engine.seek(35);
  await settle(100);
  await it.element.run(5);
  it.engine.seek(10);
  await settle(100);
  await it.element.run(5);
  it.engine.seek(70);
  await settle(100);
  await it.element.run(60);
  assert.deepEqual([...new Set(it.element.played.map(({ sound }) => sound))], ['war']);
});

test('twenty switches in a row leave the last sound and no late piece in the buffer', async () => {
  const server = new TrackServer({ seconds: 3600, bytes: 600_000 });
  server.piece = 20_000;
  const it = await opened({ server });
  await it.element.run(10);
  for (let n = 0; n < 40; n++) {
    it.engine.switchTo({ enhanced: true, preset: n % 2 ? 'war' : 'bri', intensity: 1 });
    await settle(n % 13);
  }
  await settle(200);
  await it.element.run(60);
  assertHeard(it.element.played, 0, 70);
  assert.equal(it.element.played.filter(({ at, sound }) => at > 12 && sound !== 'war').length, 0);
  assert.equal(it.buffer.overlaps, 0);
});

test('pieces that come after their generation are dropped and counted', async () => {
  const server = new TrackServer({ seconds: 3600 });
  // A network that does not listen to being given up.
  const fetch = server.fetch;
  const gates = [];
  server.fetch = (url, asked) => fetch(url, { ...asked, signal: new AbortController().signal });
  const it = await opened({ server });
  server.gate = ({ index }) => (index === 50 ? new Promise(resolve => { gates.push(resolve); }) : null);
  it.engine.seek(1500);
  await settle(50);
  it.engine.seek(3000);
  await settle(50);
  gates[0]();
  await settle(200);
  it.element.played = [];
  await it.element.run(10);
  assertHeard(it.element.played, 3000, 10);
  assert.equal(it.engine.late, 1);
  assert.equal(it.buffer.appended.filter(({ from }) => from === 1500).length, 0);
});

test('another sound that is wanted while the track is opened is heard from the first chunk on', async () => {
  const server = new TrackServer();
  server.isHeld = true;
  let release;
  const held = new Promise(resolve => { release = resolve; });
  server.gate = () => held;
  const it = await opened({ server });
  it.engine.switchTo(warm);
  release();
  await it.opening;
  await settle(100);
  await it.element.run(40);
  assertHeard(it.element.played, 0, 40);
  assert.equal(server.open, 0);
  assert.deepEqual([...new Set(it.element.played.map(({ sound }) => sound))], ['war']);
});

test('a place that is sought while the track is opened is where it begins', async () => {
  const server = new TrackServer();
  server.isHeld = true;
  let release;
  const held = new Promise(resolve => { release = resolve; });
  server.gate = () => held;
  const it = await opened({ server });
  it.engine.seek(95);
  release();
  await it.opening;
  await settle(100);
  await it.element.run(40);
  assertHeard(it.element.played, 95, 40);
  assert.equal(server.open, 0);
  assert.ok(it.engine.firstSoundMs !== null);
});
