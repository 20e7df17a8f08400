import { setMaxListeners } from 'node:events';
import { ManualClock, settle } from '../window/means.mjs';

export { ManualClock, settle };

setMaxListeners(0);

/** Bytes of a piece that say which chunk they are of, and of which sound. */
const markSize = 32;

class Listened extends EventTarget {
  tell(event) { this.dispatchEvent(new Event(event)); }
}

function named(name) {
  return Object.assign(new Error(name), { name });
}

/**
 * A SourceBuffer of a chunked track: it throws where the real one throws (`updating`, no room, closed), takes its steps later, and keeps which sound each stretch of it has. The first bytes of a
 * chunk tell what it is; its length comes evenly with its bytes.
 */
export class FakeSourceBuffer extends Listened {
  updating = false;
  stretches = [];
  room = Infinity;
  appended = [];
  errors = 0;
  overlaps = 0;
  #chunk = null;

  constructor(parent) {
    super();
    this.parent = parent;
  }

  get buffered() {
    const ranges = [];
    for (const { from, to } of this.stretches) {
      if (ranges.length > 0 && from - ranges.at(-1)[1] < 1e-6) ranges.at(-1)[1] = to;
      else ranges.push([from, to]);
    }
    return { length: ranges.length, start: n => ranges[n][0], end: n => ranges[n][1] };
  }

  get seconds() { return this.stretches.reduce((sum, { from, to }) => sum + to - from, 0); }

  soundAt(seconds) { return this.stretches.find(({ from, to }) => from <= seconds && seconds < to)?.sound ?? null; }

  appendBuffer(bytes) {
    this.#mayBegin();
    this.parent.readyState = 'open';
    const text = new TextDecoder().decode(bytes.subarray(0, markSize));
    let [from, length] = [0, 0];
    let chunk = this.#chunk;
    if (chunk === null) {
      const [, start, seconds, size, sound] = /^(\d+),(\d+),(\d+),(.*?)\0/.exec(text) ?? (() => { throw new Error(`A chunk that begins in its middle: ${text}`); })();
      chunk = { start: Number(start), seconds: Number(seconds), size: Number(size), sound, done: 0 };
    }
    from = chunk.start + (chunk.done / chunk.size) * chunk.seconds;
    length = (bytes.byteLength / chunk.size) * chunk.seconds;
    if (this.seconds + length > this.room) throw named('QuotaExceededError');
    chunk.done += bytes.byteLength;
    this.#chunk = chunk.done >= chunk.size ? null : chunk;
    this.#later(() => {
      this.#cut(from, from + length);
      this.stretches.push({ from, to: from + length, sound: chunk.sound });
      this.stretches.sort((a, b) => a.from - b.from);
      this.appended.push({ from, sound: chunk.sound });
    });
  }

  remove(from, to) {
    this.#mayBegin();
    this.parent.readyState = 'open';
    this.#later(() => this.#cut(from, to));
  }

  abort() {
    if (this.parent.readyState !== 'open') throw named('InvalidStateError');
    this.#chunk = null;
  }

  /** What a browser short of memory does. */
  evict(from, to) {
    this.#cut(from, to);
    this.tell('bufferedchange');
  }

  #cut(from, to) {
    this.stretches = this.stretches.flatMap(stretch => [
      { ...stretch, to: Math.min(stretch.to, from) }, { ...stretch, from: Math.max(stretch.from, to) },
    ]).filter(stretch => stretch.to - stretch.from > 1e-9);
  }

  #mayBegin() {
    if (this.parent.readyState === 'closed') throw named('InvalidStateError');
    if (this.updating) {
      this.overlaps++;
      throw named('InvalidStateError');
    }
  }

  #later(act) {
    this.updating = true;
    setImmediate(() => {
      act();
      this.updating = false;
      this.tell('updateend');
      this.parent.element?.grew();
    });
  }
}

export class FakeMediaSource extends Listened {
  static made = [];
  static isTypeSupported = type => type.startsWith('audio/webm');
  readyState = 'closed';
  duration = NaN;
  streaming = undefined;
  buffer = null;

  constructor() {
    super();
    FakeMediaSource.made.push(this);
  }

  addSourceBuffer() {
    this.buffer = new FakeSourceBuffer(this);
    this.buffer.room = FakeMediaSource.room ?? Infinity;
    return this.buffer;
  }

  endOfStream() {
    if (this.readyState !== 'open' || this.buffer.updating) throw named('InvalidStateError');
    this.readyState = 'ended';
    this.element.grew();
  }
}

/** An audio element that plays when it is told to, through what its MediaSource's buffer has. */
export class FakeElement extends Listened {
  paused = true;
  ended = false;
  error = null;
  seeking = false;
  played = [];
  #time = 0;
  #source = null;
  #isStarved = true;

  set src(address) {
    this.#source = address;
    [this.#time, this.ended, this.#isStarved, this.paused] = [0, false, true, true];
    setImmediate(() => {
      if (this.#source !== address) return;
      address.element = this;
      address.readyState = 'open';
      address.tell('sourceopen');
    });
  }

  get source() { return this.#source; }
  get currentTime() { return this.#time; }

  set currentTime(seconds) {
    this.#time = seconds;
    this.ended = false;
    this.#isStarved = true;
    this.tell('seeking');
    this.grew();
  }

  removeAttribute() {
    if (this.#source !== null) this.#source.readyState = 'closed';
    this.#source = null;
  }

  load() {}

  play() {
    this.paused = false;
    this.grew();
    return Promise.resolve();
  }

  pause() {
    this.paused = true;
    this.tell('pause');
  }

  grew() {
    if (this.#isStarved && this.#source?.buffer?.soundAt(this.#time) && !this.paused) {
      this.#isStarved = false;
      this.tell('playing');
    }
  }

  /** Plays on in steps of a quarter of a second, as `timeupdate` comes. Stops where there is nothing. */
  async run(seconds, turns = 8) {
    for (let done = 0; done < seconds && !this.ended && !this.paused; done += 0.25) {
      const sound = this.#source?.buffer?.soundAt(this.#time + 1e-6) ?? null;
      if (sound !== null) {
        this.played.push({ at: this.#time, sound });
        this.#time += 0.25;
      } else if (this.#source?.readyState === 'ended' && this.#time >= this.#source.buffer.buffered.end(this.#source.buffer.buffered.length - 1) - 0.3) {
        this.ended = true;
        this.tell('ended');
      } else if (!this.#isStarved) {
        this.#isStarved = true;
        this.tell('waiting');
      }
      this.tell('timeupdate');
      await settle(turns);
    }
  }
}

/** A gateway with one track, and with faults. */
export class TrackServer {
  asked = [];
  open = 0;
  mostOpen = 0;
  gate = () => null;
  fault = () => null;

  constructor({ seconds = 300, chunk = 30, bytes = 3000 } = {}) {
    Object.assign(this, { seconds, chunk, bytes });
    this.count = Math.ceil(seconds / chunk);
  }

  address = {
    track: () => ({ url: '/track', headers: {} }),
    chunk: (index, { enhanced, preset, intensity }, told) => ({ url: `/chunk/${index}/${enhanced ? `${preset} ${intensity}` : 'plain'}`, headers: { told } }),
  };

  startOf(index) { return index * this.chunk; }

  lengthOf(index) { return Math.min(this.chunk, this.seconds - index * this.chunk); }

  fetch = async (url, { signal, headers }) => {
    const [, kind, index, sound] = url.split('/');
    const entry = { kind, index: Number(index), sound: decodeURIComponent(sound ?? ''), headers };
    this.asked.push(entry);
    this.open++;
    this.mostOpen = Math.max(this.mostOpen, this.open);
    try {
      await this.gate(entry, signal);
      signal.throwIfAborted();
      const fault = this.fault({ ...entry, number: this.asked.length });
      if (fault?.refuse) throw new TypeError('Failed to fetch');
      if (fault?.status) return new Response('{"code":"STREAMING_ORIGIN_FAILED","title":"Bad Gateway"}', { status: fault.status, headers: { 'Content-Type': 'application/problem+json', ...fault.headers } });
      if (kind === 'track') return Response.json(fault?.body ?? this.description());
      const whole = this.bytesOf(entry.index, entry.sound);
      const body = fault?.cutAfter === undefined ? whole : whole.subarray(0, fault.cutAfter);
      return new Response(ReadableStream.from(pieces(body, fault?.piece ?? this.piece ?? 100_000)), { headers: { 'Content-Length': String(whole.byteLength), 'X-Served-From': 'origin' } });
    } finally {
      this.open--;
    }
  };

  description() {
    return {
      duration: this.seconds, format: 'audio/webm; codecs="opus"', chunks: Array.from({ length: this.count }, (_, index) => ({ index, start: this.startOf(index), duration: this.lengthOf(index) })),
    };
  }

  bytesOf(index, sound) {
    const bytes = new Uint8Array(this.bytes);
    bytes.set(new TextEncoder().encode(`${this.startOf(index)},${this.lengthOf(index)},${this.bytes},${sound.slice(0, 3)}\0`).subarray(0, markSize));
    return bytes;
  }
}

function* pieces(bytes, size) {
  for (let at = 0; at < bytes.byteLength; at += size) yield bytes.slice(at, at + size);
}
