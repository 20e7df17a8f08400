import assert from 'node:assert/strict';
import { test } from 'node:test';
import { FakeElement, FakeMediaSource, TrackServer, settle } from './means.mjs';
import { assertHeard, chunksAsked, opened } from './opened.mjs';

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
