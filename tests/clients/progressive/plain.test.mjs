import assert from 'node:assert/strict';
import { test } from 'node:test';
import { PlainPlayback } from '../../../gateway/wwwroot/progressive/engine/plain.js';
import { ManualClock, settle } from './means.mjs';

/** An element that plays any address but those that it is told not to. */
class Element extends EventTarget {
  buffered = { length: 0 };
  duration = NaN;
  currentTime = 0;
  paused = true;
  ended = false;
  error = null;
  bad = [];

  set src(address) {
    this.address = address;
    setImmediate(() => {
      if (this.bad.includes(address)) this.error = { message: 'No decoder.' };
      this.dispatchEvent(new Event(this.error === null ? 'loadedmetadata' : 'error'));
    });
  }

  removeAttribute() { this.address = null; }

  load() { this.error = null; }

  async play() {
    this.paused = false;
    this.dispatchEvent(new Event('playing'));
  }

  pause() { this.paused = true; }
}

test('a title without that form is told once, and asked for again only when somebody wants it', async () => {
  let asked = 0;
  const playback = new PlainPlayback(new Element(), async () => {
    asked++;
    return null;
  }, { clock: new ManualClock() });
  await playback.open();
  assert.equal(playback.failure.kind, 'unplayable');
  playback.play();
  await settle();
  assert.equal(asked, 2);
  assert.equal(playback.state, 'failed');
});

test('what the browser does not play is told, and a file that it plays is heard from where it was wanted', async () => {
  const element = new Element();
  element.bad = ['/bad'];
  let address = '/bad';
  const clock = new ManualClock();
  const playback = new PlainPlayback(element, async () => address, { clock, since: 0 });
  await playback.open(30);
  assert.deepEqual([playback.failure.kind, playback.failure.message], ['unplayable', 'No decoder.']);
  address = '/good';
  playback.play();
  await settle();
  assert.equal(playback.failure, null);
  assert.equal(element.currentTime, 30);
  assert.equal(playback.state, 'playing');
  clock.moveBy(40);
  element.currentTime = 30.1;
  clock.moveBy(10);
  await settle();
  assert.equal(playback.firstSoundMs, 50);
  await playback.close();
  assert.equal(element.address, null);
});

test('a place that is sought while the address is asked for is where it begins', async () => {
  const element = new Element();
  let answer;
  const playback = new PlainPlayback(element, () => new Promise(resolve => { answer = resolve; }), { clock: new ManualClock() });
  const opening = playback.open();
  playback.seek(40);
  answer('/good');
  await opening;
  assert.equal(element.currentTime, 40);
});
