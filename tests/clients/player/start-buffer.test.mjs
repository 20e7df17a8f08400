import assert from 'node:assert/strict';
import { test } from 'node:test';
import { StartBuffer, usual } from '../../../gateway/wwwroot/js/start-buffer.js';

const film = { isLive: () => false, isFull: () => false, liveDelay: () => null };
const element = (at, ...ranges) => ({ currentTime: at, duration: 600, buffered: { length: ranges.length, start: n => ranges[n][0], end: n => ranges[n][1] } });

/** After how many segments of one length it begins. */
function segmentsNeeded(seconds, { least = usual, player = film, at = 0 } = {}) {
  const buffer = new StartBuffer(least);
  for (let n = 1; n < 50; n++) {
    buffer.add(at + (n - 1) * seconds, at + n * seconds);
    if (buffer.isEnough(element(at, [at, at + n * seconds]), player)) {
      return n;
    }
  }
  return Infinity;
}

test('two segments or ten seconds, whichever comes first', () => {
  assert.deepEqual([2, 6, 30].map(seconds => segmentsNeeded(seconds)), [2, 2, 1]);
  assert.equal(segmentsNeeded(2, { at: 100 }), 2);
  assert.equal(segmentsNeeded(2, { least: { segments: 4, seconds: 10 } }), 4);
  assert.equal(segmentsNeeded(2, { least: { segments: 9, seconds: 5 } }), 3);
});

test('sound that is there without the picture is nothing', () => {
  const buffer = new StartBuffer(usual);
  buffer.add(0, 2);
  buffer.add(2, 4);
  assert.equal(buffer.isEnough(element(0), film), false);
  assert.equal(buffer.isEnough(element(0, [0, 2]), film), false);
  assert.equal(buffer.isEnough(element(0, [0, 3.96]), film), true);
});

test('a start amid a segment waits for the next one too, and for none before it', () => {
  const buffer = new StartBuffer(usual);
  buffer.add(0, 6);
  buffer.add(6, 12);
  assert.equal(buffer.isEnough(element(11, [6, 12]), film), false);
  buffer.add(12, 18);
  assert.equal(buffer.isEnough(element(11, [6, 18]), film), true);
});

test('a title that is shorter, or a browser that fetches no more, begins with what there is', () => {
  const buffer = new StartBuffer(usual);
  assert.equal(buffer.isEnough({ ...element(0, [0, 1.5]), duration: 1.5 }, film), true);
  assert.equal(buffer.isEnough({ ...element(0, [0, 1.5]), duration: NaN }, film), false);
  assert.equal(buffer.isEnough(element(0, [0, 4]), { ...film, isFull: () => true }), true);
  assert.equal(buffer.isEnough(element(0), { ...film, isFull: () => true }), true);
});

test('a broadcast waits for half of its distance from the live edge at most', () => {
  const live = delay => ({ ...film, isLive: () => true, liveDelay: () => delay });
  assert.equal(segmentsNeeded(2, { player: live(6) }), 2);
  assert.equal(segmentsNeeded(5, { player: live(5) }), 1);
  assert.equal(segmentsNeeded(0.2, { player: live(1) }), 2);
  assert.equal(segmentsNeeded(5, { player: live(null) }), 1);
});

test('what was there for the player before is forgotten with it', () => {
  const buffer = new StartBuffer(usual);
  buffer.add(0, 2);
  buffer.add(2, 4);
  buffer.forget();
  assert.equal(buffer.isEnough(element(0, [0, 4]), film), false);
});
