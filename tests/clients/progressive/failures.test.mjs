import assert from 'node:assert/strict';
import { test } from 'node:test';
import { TrackServer, settle } from './means.mjs';
import { assertHeard, chunksAsked, opened, warm } from './opened.mjs';

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

test('another sound that is wanted after a failure is what comes when it is asked for again', async () => {
  const server = new TrackServer();
  let isBroken = true;
  server.fault = ({ index }) => (isBroken && index === 1 ? { status: 502 } : null);
  const it = await opened({ server });
  for (let n = 0; n < 70 && it.engine.failure === null; n++) {
    await it.element.run(1);
    it.clock.moveBy(1000);
    await settle(20);
  }
  assert.equal(it.engine.state, 'failed');
  isBroken = false;
  it.engine.switchTo(warm);
  it.engine.play();
  await settle(100);
  await it.element.run(40);
  assert.equal(it.engine.trouble, null);
  assertHeard(it.element.played, 0, 70);
  assert.deepEqual([...new Set(it.element.played.filter(({ at }) => at >= 30).map(({ sound }) => sound))], ['war']);
});
