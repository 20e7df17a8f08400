import { FrameQueue } from '../../../gateway/wwwroot/window/engine/ring.js';

/** A clock that stands still but when it is moved. */
export class ManualClock {
  #now = 0;
  #waits = [];

  now = () => this.#now;

  delay = (ms, signal) => new Promise((resolve, reject) => {
    if (signal?.aborted) {
      reject(signal.reason);
      return;
    }
    const wait = { at: this.#now + ms, resolve };
    this.#waits.push(wait);
    signal?.addEventListener('abort', () => {
      this.#waits = this.#waits.filter(other => other !== wait);
      reject(signal.reason);
    }, { once: true });
  });

  moveBy(ms) {
    this.#now += ms;
    const due = this.#waits.filter(wait => wait.at <= this.#now);
    this.#waits = this.#waits.filter(wait => wait.at > this.#now);
    for (const { resolve } of due) resolve();
  }
}

/** Lets everything run that waits for nothing but its turn. */
export async function settle(turns = 60) {
  for (let i = 0; i < turns; i++) await new Promise(resolve => setImmediate(resolve));
}

/** The sound output, with the real queue of the audio thread and without a device: it plays when it is told to. */
export class RecordingOutput {
  #queue = new FrameQueue();
  #isPlaying = false;
  onReport = () => {};
  played = [];

  static opener(opened) {
    return async format => {
      const output = new RecordingOutput();
      output.format = format;
      opened(output);
      return output;
    };
  }

  restart(frame) { this.#queue.restart(frame); }

  spare() { return this.#queue.spent.pop()?.map(samples => new Float32Array(samples.buffer)); }

  push(frame, channels, isLast) { this.#queue.push({ frame, channels, isLast }); }

  async play(isPlaying) { this.#isPlaying = isPlaying; }

  async close() { this.#isPlaying = false; }

  /** Plays up to so many frames in steps of a report; what is played is kept with its frame numbers. */
  run(frames) {
    for (let done = 0; done < frames && this.#isPlaying && !this.#queue.isOver; done += 1024) {
      const block = Array.from({ length: this.format.channels }, () => new Float32Array(1024));
      const from = this.#queue.frame;
      this.#queue.pull(block);
      const count = this.#queue.frame - from;
      if (count > 0) this.played.push({ from, samples: block[0].subarray(0, count) });
      const { frame, queued, isStarved, isOver, starvations, breaks } = this.#queue;
      this.onReport({ frame, queued, isStarved, isOver, starvations, breaks });
    }
  }
}

/** A server of one file by range, with faults. `bytes(first, count)` gives its content. */
export class FileServer {
  asked = [];
  open = 0;
  mostOpen = 0;
  tag = '"one"';
  chunk = 48_000;
  fault = () => null;

  constructor(length, bytes, type = 'audio/wav') {
    this.length = length;
    this.bytes = bytes;
    this.type = type;
  }

  static of(content, type) {
    return new FileServer(content.length, (first, count) => content.subarray(first, first + count), type);
  }

  fetch = async (url, { headers, signal, cache }) => {
    const [, first, last] = /^bytes=(\d+)-(\d+)$/.exec(headers.Range).map(Number);
    this.asked.push({ first, last, url, ifRange: headers['If-Range'], cache });
    signal.throwIfAborted();
    const fault = this.fault({ first, last, number: this.asked.length });
    if (fault?.status) return new Response(fault.body ?? null, { status: fault.status, headers: fault.headers });
    if (fault?.refuse) throw new TypeError('Failed to fetch');
    if (headers['If-Range'] !== undefined && headers['If-Range'] !== this.tag) return new Response(new Uint8Array(100), { status: 200, headers: { ETag: this.tag } });
    if (first >= this.length) return new Response(null, { status: 416, headers: { 'Content-Range': `bytes */${this.length}` } });
    const end = Math.min(last + 1, this.length);
    let at = first;
    this.open++;
    this.mostOpen = Math.max(this.mostOpen, this.open);
    let isOpen = true;
    const close = () => {
      if (isOpen) this.open--;
      isOpen = false;
    };
    const body = new ReadableStream({
      pull: controller => {
        if (signal.aborted) {
          close();
          controller.error(signal.reason);
          return;
        }
        const stop = fault?.cutAfter === undefined ? end : Math.min(end, first + fault.cutAfter);
        const count = Math.min(this.chunk, stop - at);
        if (count > 0) controller.enqueue(Uint8Array.from(this.bytes(at, count)));
        at += count;
        if (at >= stop) {
          close();
          controller.close();
        }
      },
      cancel: close,
    }, { highWaterMark: 0 });
    signal.addEventListener('abort', close, { once: true });
    return new Response(body, { status: 206, headers: { 'Content-Range': `bytes ${first}-${end - 1}/${this.length}`, 'Content-Type': this.type, ...(this.tag === null ? {} : { ETag: this.tag }) } });
  };
}

/** A WAV file in 32-bit float and one channel, in which each sample is its own frame number, so that what is heard tells where it came from. */
export function numberedWav(frames, sampleRate = 48_000) {
  const head = wavHead({ tag: 3, bits: 32, channels: 1, sampleRate, size: frames * 4 });
  const content = new Uint8Array(head.length + frames * 4);
  content.set(head);
  const samples = new Float32Array(content.buffer, head.length, frames);
  for (let i = 0; i < frames; i++) samples[i] = numberAt(i);
  return content;
}

/** Exact in 32-bit float for files of up to 2^24 frames. */
export function numberAt(frame) {
  return frame / 2 ** 24;
}

export function wavHead({ tag, bits, channels, sampleRate, size }) {
  const head = new DataView(new ArrayBuffer(44));
  const word = (at, text) => [...text].forEach((letter, i) => head.setUint8(at + i, letter.charCodeAt(0)));
  word(0, 'RIFF');
  head.setUint32(4, 36 + size, true);
  word(8, 'WAVE');
  word(12, 'fmt ');
  head.setUint32(16, 16, true);
  head.setUint16(20, tag, true);
  head.setUint16(22, channels, true);
  head.setUint32(24, sampleRate, true);
  head.setUint32(28, sampleRate * channels * (bits / 8), true);
  head.setUint16(32, channels * (bits / 8), true);
  head.setUint16(34, bits, true);
  word(36, 'data');
  head.setUint32(40, size, true);
  return new Uint8Array(head.buffer);
}
