/**
 * Runs in the audio thread: counts the samples of a tone of 1 kHz at 48 kHz that do not follow from the two before them. Where nothing sounds it counts nothing.
 */
registerProcessor('tone', class extends AudioWorkletProcessor {
  #twice = 2 * Math.cos((2 * Math.PI * 1000) / 48_000);
  #before = [0, 0];
  #told = { count: 0, frames: 0, worst: 0 };

  process([[samples]], [outputs]) {
    for (const output of outputs) if (samples !== undefined) output.set(samples);
    for (const sample of samples ?? []) {
      const [older, old] = this.#before;
      const off = Math.abs(sample - this.#twice * old + older);
      if (this.#told.frames > 4800) this.#told.worst = Math.max(this.#told.worst, off);
      // An amplitude of a half changes by up to 0.065 from one sample to the next.
      if (off > 0.02 && this.#told.frames > 4800) this.#told.count++;
      this.#before = [old, sample];
      this.#told.frames++;
    }
    if (this.#told.frames % 1024 === 0) this.port.postMessage({ ...this.#told });
    return true;
  }
});
