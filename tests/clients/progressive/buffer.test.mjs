import assert from 'node:assert/strict';
import { test } from 'node:test';
import { TrackBuffer } from '../../../gateway/wwwroot/progressive/engine/buffer.js';
import { FakeMediaSource, ManualClock, TrackServer, settle } from './means.mjs';
import { assertHeard, chunksAsked, opened, plain, warm } from './opened.mjs';

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
