/** What is decoded around the place of play. Times are seconds. */
export const marks = { ahead: 30, low: 15, behind: 10, mostBytes: 64 * 1024 * 1024 };

/** Frames of a block for the sound output, at most. */
export const blockSize = 8192;

/** Where there is no window yet. */
export const noFigures = { ahead: 0, mostAhead: 0, behind: 0, from: 0, to: 0, windowBytes: 0, stalePushes: 0 };

/**
 * The decoded window: samples from at most `behind` before the place of play to at most `ahead` after it, in one ring per channel.
 *
 * Everything is counted in whole frames since the start of the file, never in sums of durations: frame n lies at n modulo the ring's length, whatever was played, dropped or sought before.
 * The rings are allocated once. Dropping what was played is the advance of a number, so memory does not grow with the file and nothing waits for a garbage collector.
 *
 * Decoded sound is 32-bit, about twice a 16-bit file, and for Opus ten times. `mostBytes` is therefore a second bound, stronger than the seconds: many channels at a high rate get a shorter window.
 *
 * A push names its generation. One that is not the current one is dropped and counted: the engine awaits the old runner before it starts another, so the count stays 0, and a test holds it there.
 */
export class DecodedWindow {
  #rate;
  #rings;
  #behind;
  #high;
  #low;
  #generation = 0;
  #start = 0;
  #end = 0;
  #position = 0;
  #isFilling = true;
  #waiting = new Set();

  stalePushes = 0;
  mostAhead = 0;

  /** Called when samples came in. */
  onGrowth = () => {};

  /** @param {{sampleRate: number, channels: number}} format */
  constructor({ sampleRate, channels }, { ahead, low, behind, mostBytes } = marks) {
    const wanted = Math.ceil((ahead + behind) * sampleRate);
    const capacity = Math.max(1, Math.min(wanted, Math.floor(mostBytes / (4 * channels))));
    const share = capacity / wanted;
    this.#rate = sampleRate;
    this.#high = Math.max(1, Math.floor(ahead * sampleRate * share));
    this.#low = Math.floor(low * sampleRate * share);
    this.#behind = capacity - this.#high;
    this.#rings = Array.from({ length: channels }, () => new Float32Array(capacity));
  }

  /** First frame that is held, and the one after the last. */
  get start() { return this.#start; }
  get end() { return this.#end; }

  /** Decoded seconds after the place of play. */
  get ahead() { return Math.max(0, this.#end - this.#position) / this.#rate; }

  get figures() {
    const [rate, from, to] = [this.#rate, this.#start, this.#end];
    return {
      ahead: this.ahead, mostAhead: this.mostAhead, behind: Math.max(0, this.#position - from) / rate, from: from / rate, to: to / rate,
      windowBytes: this.bytes, stalePushes: this.stalePushes,
    };
  }

  get bytes() { return this.#rings.length * this.#rings[0].byteLength; }

  covers(frame) {
    return frame >= this.#start && frame < this.#end;
  }

  /** Empty, from a frame on, for the pushes of a generation. */
  begin(generation, frame) {
    this.#generation = generation;
    this.#start = this.#end = this.#position = frame;
    this.#refresh();
  }

  /** Goes on at its end with the pushes of another generation. */
  continue(generation) {
    this.#generation = generation;
    this.#refresh();
  }

  /** The place of play; what lies too far behind it is dropped. */
  moveTo(frame) {
    this.#position = frame;
    this.#start = Math.min(this.#end, Math.max(this.#start, frame - this.#behind));
    this.#refresh();
  }

  /**
   * Takes samples at its end, up to the high mark.
   * @param {number} generation of the runner
   * @param {number} frame of the first sample; what lies before the end is known already and skipped
   * @param {Float32Array[]} channels
   * @returns {number} how many frames are dealt with; the rest has to wait for room
   */
  push(generation, frame, channels) {
    const count = channels[0].length;
    if (generation !== this.#generation) {
      this.stalePushes++;
      return count;
    }
    const skipped = Math.min(count, Math.max(0, this.#end - frame));
    const taken = Math.max(0, Math.min(count - skipped, this.#position + this.#high - this.#end));
    if (skipped < count && frame > this.#end) {
      throw new Error(`Frame ${frame} does not follow ${this.#end}.`);
    }
    for (let c = 0; c < this.#rings.length; c++) {
      write(this.#rings[c], this.#end, channels[c].subarray(skipped, skipped + taken));
    }
    this.#end += taken;
    this.mostAhead = Math.max(this.mostAhead, this.ahead);
    this.#refresh();
    if (taken > 0) {
      this.onGrowth();
    }
    return skipped + taken;
  }

  /**
   * Copies of held samples, for the sound output.
   * @param {Float32Array[]} [into] one array for each channel, at least as long
   */
  read(frame, count, into) {
    if (frame < this.#start || frame + count > this.#end) {
      throw new RangeError(`Frames ${frame} to ${frame + count} are not held.`);
    }
    return this.#rings.map((ring, channel) => {
      const copy = (into?.[channel] ?? new Float32Array(blockSize)).subarray(0, count);
      const at = frame % ring.length;
      const first = Math.min(count, ring.length - at);
      copy.set(ring.subarray(at, at + first));
      copy.set(ring.subarray(0, count - first), first);
      return copy;
    });
  }

  /**
   * The one signal that holds production back, reading and decoding alike: full above the high mark, and again room below the low one.
   * @param {AbortSignal} signal
   */
  async room(signal) {
    while (!this.#isFilling) {
      signal.throwIfAborted();
      await new Promise(resolve => {
        const done = () => {
          this.#waiting.delete(done);
          signal.removeEventListener('abort', done);
          resolve();
        };
        this.#waiting.add(done);
        signal.addEventListener('abort', done, { once: true });
      });
    }
    signal.throwIfAborted();
  }

  #refresh() {
    const ahead = this.#end - this.#position;
    if (ahead >= this.#high) {
      this.#isFilling = false;
    } else if (ahead < this.#low || ahead <= 0) {
      this.#isFilling = true;
      for (const done of [...this.#waiting]) {
        done();
      }
    }
  }
}

function write(ring, frame, samples) {
  const at = frame % ring.length;
  const first = Math.min(samples.length, ring.length - at);
  ring.set(samples.subarray(0, first), at);
  ring.set(samples.subarray(first), 0);
}
