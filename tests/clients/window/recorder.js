/**
 * Listens to what the sound output plays, inside the audio thread: runs of samples that follow each other, of a file in which the left sample has the low sixteen bits of its frame's number
 * and the right one the high ones. Silence ends a run.
 */
class Recorder extends AudioWorkletProcessor {
  #runs = [];
  #blocks = 0;

  constructor() {
    super();
    this.port.onmessage = () => { this.#runs = []; };
  }

  process([input]) {
    const [left, right] = input;
    for (let i = 0; left !== undefined && i < left.length; i++) {
      const frame = ((Math.round(left[i] * 32_768) & 0xffff) | (Math.round(right[i] * 32_768) << 16)) >>> 0;
      if (frame === 0) {
        this.#runs.push({ first: 0, count: 0 });
        continue;
      }
      const run = this.#runs.at(-1);
      if (run !== undefined && run.count > 0 && run.first + run.count === frame) run.count++;
      else this.#runs.push({ first: frame, count: 1 });
    }
    this.#runs = this.#runs.filter(run => run.count > 0).slice(-500);
    if (++this.#blocks % 8 === 0) this.port.postMessage(this.#runs);
    return true;
  }
}

registerProcessor('recorder', Recorder);
