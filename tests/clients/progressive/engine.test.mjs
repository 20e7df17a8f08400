import assert from 'node:assert/strict';
import { test } from 'node:test';
import { TrackBuffer } from '../../../gateway/wwwroot/progressive/engine/buffer.js';
import { ChunkSource } from '../../../gateway/wwwroot/progressive/engine/chunks.js';
import { Engine } from '../../../gateway/wwwroot/progressive/engine/engine.js';
import { FakeElement, FakeMediaSource, ManualClock, TrackServer, settle } from './means.mjs';

const plain = { enhanced: false, preset: 'warm', intensity: 1 };
const warm = { enhanced: true, preset: 'war', intensity: 1 };

async function opened({ server = new TrackServer(), settings = plain, at = 0, element = new FakeElement(), room } = {}) {
  FakeMediaSource.room = room;
  const clock = new ManualClock();
  const released = [];
  const source = new ChunkSource(server.address, { fetch: server.fetch, clock });
  const engine = new Engine(element, source, settings, { clock, kind: FakeMediaSource, addressOf: object => object, release: address => released.push(address) });
  const opening = engine.open(at);
  engine.play();
  const it = { server, clock, element, engine, released, opening, get buffer() { return element.source.buffer; } };
  if (server.isHeld !== true) {
    await opening;
    await settle(100);
  }
  return it;
}

/** Everything from `from` on was heard, without a gap, for so long. */
function assertHeard(played, from, seconds) {
  let next = from;
  for (const { at } of played) {
    assert.ok(Math.abs(at - next) < 1e-6, `${at} was heard where ${next} was to be.`);
    next += 0.25;
  }
  assert.ok(next - from >= seconds - 0.3, `${next - from} of ${seconds} s were heard.`);
}

const chunksAsked = server => server.asked.filter(({ kind }) => kind === 'chunk').map(({ index }) => index);

test('a track is heard from its first chunk on, one chunk after the other, to its end', async () => {
  const it = await opened({ server: new TrackServer({ seconds: 95 }) });
  await it.element.run(100);
  assertHeard(it.element.played, 0, 95);
  assert.equal(it.element.ended, true);
  assert.equal(it.engine.state, 'ended');
  assert.deepEqual(chunksAsked(it.server), [0, 1, 2, 3]);
  assert.equal(it.buffer.overlaps, 0);
  assert.deepEqual([it.engine.late, it.engine.restarts], [0, 1]);
  assert.equal(it.released.length, 1);
});

test('the first chunk is asked for beside the description, and sounds before any other is there', async () => {
  const server = new TrackServer();
  let let2;
  const held = new Promise(resolve => { let2 = resolve; });
  server.gate = ({ kind, index }) => (kind === 'chunk' && index > 0 ? held : null);
  const it = await opened({ server });
  assert.deepEqual(server.asked.slice(0, 2).map(({ kind }) => kind).sort(), ['chunk', 'track']);
  await it.element.run(5);
  assertHeard(it.element.played, 0, 5);
  let2();
  await settle(100);
  await it.element.run(40);
  assertHeard(it.element.played, 0, 45);
});

test('a chunk that comes in pieces sounds from the first one on', async () => {
  const server = new TrackServer({ bytes: 300_000 });
  server.piece = 20_000;
  const it = await opened({ server });
  assert.ok(it.engine.figures.appends > 4);
  await it.element.run(70);
  assertHeard(it.element.played, 0, 70);
});

test('no chunk is asked for that begins more than 60 s ahead, and a pause asks for none', async () => {
  const it = await opened({ server: new TrackServer({ seconds: 3600 }) });
  assert.deepEqual(chunksAsked(it.server), [0, 1]);
  await it.element.run(20);
  assert.deepEqual(chunksAsked(it.server), [0, 1, 2]);
  it.engine.pause();
  await settle(100);
  assert.equal(it.server.asked.length, 4);
  it.engine.play();
  let most = 0;
  for (let n = 0; n < 100; n++) {
    await it.element.run(5);
    most = Math.max(most, it.engine.figures.ahead);
  }
  assert.ok(most <= 90.5, String(most));
});

test('two hours leave a bounded buffer behind', async () => {
  const it = await opened({ server: new TrackServer({ seconds: 7200 }) });
  let [most, behind] = [0, 0];
  for (let n = 0; n < 723; n++) {
    await it.element.run(10, 3);
    most = Math.max(most, it.buffer.seconds);
    behind = Math.max(behind, it.engine.figures.behind);
  }
  assertHeard(it.element.played, 0, 7200);
  assert.equal(it.engine.state, 'ended');
  assert.ok(most <= 135, String(most));
  assert.ok(behind <= 41, String(behind));
  assert.equal(chunksAsked(it.server).length, 240);
});

test('a full buffer is made room in, and then waited for, and no chunk is lost', async () => {
  const it = await opened({ server: new TrackServer({ seconds: 600, bytes: 300_000 }), room: 45 });
  for (let n = 0; n < 640 && !it.element.ended; n++) {
    await it.element.run(1);
    it.clock.moveBy(1000);
    await settle(20);
  }
  assertHeard(it.element.played, 0, 600);
  assert.ok(it.engine.figures.quotas > 5, String(it.engine.figures.quotas));
  assert.equal(it.engine.failure, null);
  assert.ok(chunksAsked(it.server).length >= 20);
});

test('a chunk for which there is no room at all is told, and play does not wait for ever', async () => {
  const it = await opened({ server: new TrackServer({ bytes: 300_000 }), room: 1.5 });
  for (let n = 0; n < 5; n++) {
    await it.element.run(1);
    it.clock.moveBy(1000);
    await settle(50);
  }
  assert.equal(it.engine.failure?.kind, 'unplayable');
});

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

test('seeks to and fro leave no more behind than play does', async () => {
  const it = await opened({ server: new TrackServer({ seconds: 3600 }) });
  let most = 0;
  for (let place = 3500; place > 0; place -= 170) {
    it.engine.seek(place);
    await settle(150);
    await it.element.run(2);
    most = Math.max(most, it.buffer.seconds);
  }
  assert.ok(most <= 250, String(most));
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

test('what is dropped step by step is not forgotten before it is dropped', async () => {
  const server = new TrackServer({ seconds: 3600 });
  const it = await opened({ server });
  await it.element.run(90.5);
  assert.ok(it.buffer.soundAt(52) === 'pla', 'The test looks at a place that is not there any more.');
  let release;
  const held = new Promise(resolve => { release = resolve; });
  server.gate = (_, signal) => Promise.race([held, new Promise(resolve => { signal.addEventListener('abort', resolve); })]);
  it.engine.switchTo(warm);
  await settle(50);
  it.element.played = [];
  it.engine.seek(52);
  await settle(50);
  await it.element.run(2);
  release();
  await settle(100);
  await it.element.run(5);
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

test('a chunk that answers 502 for five seconds leaves no hole, and what is in the buffer plays on', async () => {
  const server = new TrackServer();
  const it = await opened({ server });
  const clock = it.clock;
  const until = clock.now() + 25_000;
  server.fault = ({ index }) => (index === 2 && clock.now() < until ? { status: 502 } : null);
  for (let n = 0; n < 120; n++) {
    await it.element.run(1);
    clock.moveBy(1000);
    await settle(20);
  }
  assertHeard(it.element.played, 0, 119);
  assert.equal(it.engine.failure, null);
  assert.equal(it.engine.trouble, null);
  assert.ok(chunksAsked(server).filter(index => index === 2).length > 1);
  assert.deepEqual([...new Set(chunksAsked(server))], [0, 1, 2, 3, 4, 5]);
});

test('a chunk that breaks off in its middle is taken anew from its begin', async () => {
  const server = new TrackServer({ bytes: 300_000 });
  server.piece = 20_000;
  let broken = 0;
  server.fault = ({ index }) => (index === 1 && broken++ < 2 ? { cutAfter: 123_456, piece: 20_000 } : null);
  const it = await opened({ server });
  for (let n = 0; n < 70; n++) {
    await it.element.run(1);
    it.clock.moveBy(1000);
    await settle(20);
  }
  assert.equal(broken, 3);
  assertHeard(it.element.played, 0, 69);
});

test('a chunk that never comes is told when nothing is left to play, and play goes on from there when it is asked for', async () => {
  const server = new TrackServer();
  let isBroken = true;
  server.fault = ({ index }) => (isBroken && index === 1 ? { status: 502 } : null);
  const it = await opened({ server });
  for (let n = 0; n < 70 && it.engine.failure === null; n++) {
    await it.element.run(1);
    it.clock.moveBy(1000);
    await settle(20);
  }
  assert.equal(it.engine.failure.told.status, 502);
  assert.equal(it.engine.state, 'failed');
  assertHeard(it.element.played, 0, 30);
  assert.equal(chunksAsked(server).includes(2), false);
  isBroken = false;
  it.engine.play();
  await settle(100);
  await it.element.run(40);
  assertHeard(it.element.played, 0, 70);
});

test('a track that is not there is told at once, one that waits is asked for again when the gateway says', async () => {
  const gone = new TrackServer();
  gone.fault = ({ kind }) => (kind === 'track' ? { status: 404 } : null);
  const it = await opened({ server: gone });
  assert.equal(it.engine.failure.told.status, 404);
  assert.equal(gone.asked.length, 2);

  const late = new TrackServer();
  late.isHeld = true;
  let answers = 0;
  late.fault = ({ kind }) => (kind === 'track' && answers++ < 1 ? { status: 503, headers: { 'Retry-After': '4' } } : null);
  const other = await opened({ server: late });
  await settle(50);
  other.clock.moveBy(3900);
  await settle(50);
  assert.equal(answers, 1);
  other.clock.moveBy(200);
  await settle(100);
  assert.equal(answers, 2);
  await other.element.run(5);
  assertHeard(other.element.played, 0, 5);
});

test('a description that makes no sense, a format that does not play and an answer without sound are told as such', async () => {
  for (const [body, kind] of [
    [{ duration: 10, format: 'audio/webm', chunks: [] }, 'format'],
    [{ duration: 10, format: 'audio/webm', chunks: [{ start: 0, duration: 5 }, { start: 0, duration: 5 }] }, 'format'],
    [{ duration: -1, format: 'audio/webm', chunks: [{ start: 0, duration: 5 }] }, 'format'],
    [[1], 'format'],
    [{ duration: 10, format: 'audio/flac', chunks: [{ start: 0, duration: 5 }] }, 'unplayable'],
  ]) {
    const server = new TrackServer();
    server.fault = ({ kind: asked }) => (asked === 'track' ? { body } : null);
    const it = await opened({ server });
    assert.equal(it.engine.failure?.kind, kind, JSON.stringify(body));
  }
});

test('a chunk that is shorter than the track says is not asked for without a pause', async () => {
  const server = new TrackServer();
  const description = server.description.bind(server);
  server.description = () => ({ ...description(), chunks: description().chunks.map((chunk, n) => ({ ...chunk, duration: n === 1 ? 30 : chunk.duration })) });
  const lengthOf = server.lengthOf.bind(server);
  const it = await opened({ server });
  server.lengthOf = index => (index === 2 ? 20 : lengthOf(index));
  await it.element.run(25);
  const asked = chunksAsked(server).length;
  await settle(500);
  assert.equal(chunksAsked(server).length, asked);
  assert.ok(it.engine.trouble !== null);
});

test('fifty titles in a row leave the last one playing, and nothing of the others', async () => {
  FakeMediaSource.made = [];
  const element = new FakeElement();
  let it = null;
  const servers = [];
  for (let n = 0; n < 50; n++) {
    await it?.engine.close();
    servers.push(new TrackServer({ seconds: 300 + n }));
    servers[n].isHeld = true;
    it = await opened({ server: servers[n], element });
    await settle(n % 7);
  }
  await it.opening;
  await settle(200);
  await element.run(40);
  assertHeard(element.played.slice(-160), element.played.at(-160).at, 40);
  assert.equal(it.engine.duration, 349);
  assert.equal(FakeMediaSource.made.filter(({ readyState }) => readyState !== 'closed').length, 1);
  assert.equal(servers.filter(({ open }) => open > 0).length, 0);
});

test('a browser that feeds when it likes is asked, and one that drops parts gets them again', async () => {
  const it = await opened({ server: new TrackServer({ seconds: 3600 }) });
  const { source } = it.element;
  source.streaming = false;
  await it.element.run(20);
  assert.deepEqual(chunksAsked(it.server), [0, 1]);
  source.streaming = true;
  source.tell('startstreaming');
  await settle(50);
  assert.deepEqual(chunksAsked(it.server), [0, 1, 2]);
  it.buffer.evict(30, 60);
  await settle(100);
  assert.deepEqual(chunksAsked(it.server), [0, 1, 2, 1]);
  await it.element.run(60);
  assertHeard(it.element.played, 0, 80);
});

test('steps of a buffer wait for each other, whoever asks for them', async () => {
  const parent = new FakeMediaSource();
  parent.readyState = 'open';
  const source = parent.addSourceBuffer();
  const server = new TrackServer();
  const buffer = new TrackBuffer(source, { currentTime: 0 }, new ManualClock());
  const { signal } = new AbortController();
  await Promise.all([buffer.append(server.bytesOf(0, 'plain'), signal), buffer.append(server.bytesOf(1, 'plain'), signal), buffer.remove(0, 10), buffer.reset(), buffer.append(server.bytesOf(3, 'plain'), signal)]);
  assert.deepEqual(buffer.ranges, [[10, 60], [90, 120]]);
  assert.deepEqual([buffer.around(20), buffer.around(75)], [{ ahead: 40, behind: 10 }, { ahead: 0, behind: 0 }]);
  assert.equal(source.overlaps, 0);
});

test('an end that was reached can be left again', async () => {
  const it = await opened({ server: new TrackServer({ seconds: 95 }) });
  await it.element.run(100);
  assert.equal(it.engine.state, 'ended');
  it.element.played = [];
  it.engine.seek(5);
  it.engine.play();
  await settle(100);
  await it.element.run(95);
  assertHeard(it.element.played, 5, 90);
  assert.equal(it.engine.state, 'ended');
});

test('a thousand appends meet no buffer that is at work', async () => {
  const server = new TrackServer({ seconds: 3600, bytes: 600_000 });
  server.piece = 70_000;
  const it = await opened({ server });
  for (let n = 0; n < 420 && !it.element.ended; n++) {
    await it.element.run(10, 4);
    if (n % 10 === 0) it.engine.switchTo(n % 20 ? warm : plain);
  }
  assert.equal(it.engine.failure, null);
  assert.ok(it.engine.figures.appends >= 1000, String(it.engine.figures.appends));
  assert.equal(it.buffer.overlaps, 0);
});
