import assert from 'node:assert/strict';
import { test } from 'node:test';
import { pathsHere } from '../../../gateway/wwwroot/progressive/engine/paths.js';
import { Track, nameOf } from '../../../gateway/wwwroot/progressive/engine/track.js';

const media = types => Object.assign(function Kind() {}, { isTypeSupported: type => types.includes(type) });
const opus = ['audio/webm; codecs="opus"'];

/** What browsers have, as far as this page asks. */
for (const [browser, scope, hls, expected] of [
  ['Chrome, Edge and Firefox', { MediaSource: media(opus) }, '', ['mse', 'file']],
  ['Chrome with HLS of its own', { MediaSource: media(opus) }, 'maybe', ['mse', 'hls', 'file']],
  ['Safari on a Mac', { MediaSource: media(opus), ManagedMediaSource: media(opus) }, 'maybe', ['mse', 'managed', 'hls', 'file']],
  ['Safari on a phone', { ManagedMediaSource: media(opus) }, 'maybe', ['managed', 'hls', 'file']],
  ['Safari without Opus in WebM', { MediaSource: media([]), ManagedMediaSource: media([]) }, 'maybe', ['hls', 'file']],
  ['Safari on an old phone', {}, 'maybe', ['hls', 'file']],
  ['anything else', {}, '', ['file']],
]) {
  test(`${browser}: ${expected.join(', ')}`, () => {
    assert.deepEqual(pathsHere(scope, { canPlayType: () => hls }), expected);
  });
}

test('a place belongs to the chunk that has begun last', () => {
  const track = Track.read({ duration: 95, format: opus[0], chunks: [0, 30, 60, 90].map((start, index) => ({ index, start, duration: index === 3 ? 5 : 30 })) });
  assert.deepEqual([0, 29.99, 30, 89.9, 90, 94, 200].map(at => track.indexAt(at)), [0, 0, 1, 2, 3, 3, 3]);
});

test('settings that change nothing have one name', () => {
  assert.equal(nameOf({ enhanced: false, preset: 'warm', intensity: 0.5 }), nameOf({ enhanced: true, preset: 'bright', intensity: 0 }));
  assert.notEqual(nameOf({ enhanced: true, preset: 'warm', intensity: 0.5 }), nameOf({ enhanced: true, preset: 'warm', intensity: 1 }));
});
