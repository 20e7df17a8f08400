import assert from 'node:assert/strict';
import { afterEach, beforeEach, mock, test } from 'node:test';
import { MediaElement } from '../../../gateway/wwwroot/js/media-element.js';

let clock;
let video;
let told;
let element;

beforeEach(() => {
  clock = 1000;
  mock.method(performance, 'now', () => clock);
  globalThis.HTMLMediaElement = { HAVE_FUTURE_DATA: 3 };
  video = Object.assign(new EventTarget(), { currentTime: 0.1, readyState: 4, paused: false, seeking: false, ended: false, videoWidth: 0, play: async () => {} });
  told = [];
  element = new MediaElement(video, { add: report => { told.push(report.event, report.outcome); } }, () => ({}), clock,
    { first: () => {}, again: seconds => { told.push(seconds); }, isOver: () => false }, new AbortController().signal);
  say('playing');
});

afterEach(() => {
  mock.restoreAll();
  delete globalThis.HTMLMediaElement;
});

const say = event => video.dispatchEvent(new Event(event));

/** It waits at six seconds, for two of them. */
function wait() {
  video.currentTime = 6;
  video.readyState = 2;
  say('waiting');
  clock += 2000;
}

function seek(to) {
  video.currentTime = to;
  video.seeking = true;
  say('seeking');
  say('timeupdate');
}

function seeked(milliseconds) {
  clock += milliseconds;
  Object.assign(video, { seeking: false, readyState: 4 });
  say('timeupdate');
}

test('A wait that a library ends by a nudge is told in full', () => {
  wait();
  seek(6.1);
  assert.ok(element.stalls.isRunning);
  seeked(500);
  assert.deepEqual(told, ['player.rebuffer', undefined, 'player.rebuffer_recovered', 'recovered', 2.5]);
  assert.equal(element.stalls.count, 1);
});

test('A viewer who seeks ends the wait, and nothing is told of going on', () => {
  wait();
  seek(20);
  assert.ok(!element.stalls.isRunning);
  seeked(500);
  assert.deepEqual(told, ['player.rebuffer', undefined, 'player.rebuffer_recovered', 'seek']);
});

test('A pause whose event comes behind the media of a seek is kept, and what a new source pauses goes on', t => {
  t.mock.timers.enable({ apis: ['setTimeout'] });
  let plays = 0;
  video.play = async () => { plays++; };
  video.paused = true;
  say('canplay');
  say('pause');
  t.mock.timers.tick(1000);
  assert.equal(plays, 0);

  say('play');
  say('canplay');
  t.mock.timers.tick(1000);
  assert.equal(plays, 1);
});
