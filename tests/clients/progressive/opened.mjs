import assert from 'node:assert/strict';
import { ChunkSource } from '../../../gateway/wwwroot/progressive/engine/chunks.js';
import { Engine } from '../../../gateway/wwwroot/progressive/engine/engine.js';
import { FakeElement, FakeMediaSource, ManualClock, TrackServer, settle } from './means.mjs';

export const plain = { enhanced: false, preset: 'warm', intensity: 1 };
export const warm = { enhanced: true, preset: 'war', intensity: 1 };

/** An engine that opens a track of a fake gateway and is told to play; with `server.isHeld` it is not waited for. */
export async function opened({ server = new TrackServer(), settings = plain, at = 0, element = new FakeElement(), room } = {}) {
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
export function assertHeard(played, from, seconds) {
  let next = from;
  for (const { at } of played) {
    assert.ok(Math.abs(at - next) < 1e-6, `${at} was heard where ${next} was to be.`);
    next += 0.25;
  }
  assert.ok(next - from >= seconds - 0.3, `${next - from} of ${seconds} s were heard.`);
}

/** The numbers of the chunks that were asked for, in that order. */
export const chunksAsked = server => server.asked.filter(({ kind }) => kind === 'chunk').map(({ index }) => index);
