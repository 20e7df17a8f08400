/**
 * Runs in the audio thread: keeps what it hears from the first sound on after it was told to begin, and hands it over when there is as much as was asked for. Silence is left out: it is the browser's,
 * while it has nothing to play yet or a busy machine is late, for there is noise in every sample of the track.
 */
registerProcessor('recorder', class extends AudioWorkletProcessor {
  #kept = new Float32Array(0);
  #count = 0;

  constructor() {
    super();
    this.port.onmessage = ({ data: frames }) => {
      this.#kept = new Float32Array(frames);
      this.#count = 0;
    };
  }

  process([[samples]], [outputs]) {
    for (const output of outputs) if (samples !== undefined) output.set(samples);
    for (const sample of samples ?? []) {
      if (sample === 0 || this.#count === this.#kept.length) continue;
      this.#kept[this.#count++] = sample;
      if (this.#count === this.#kept.length) this.port.postMessage(this.#kept);
    }
    return true;
  }
});
