import { Failure } from './failure.js';

/**
 * The sound output of one file: an AudioWorklet that plays frames in the order of their numbers.
 *
 * Why a worklet and not one AudioBufferSourceNode for each block. A node is started at a time in seconds, which is a frame number only after a division; and a page that was busy a moment too
 * long starts it late, which leaves a gap and moves everything after it. The worklet counts frames. It is late only when it has none, and then it waits where it is.
 *
 * The context runs at the file's own rate, so the browser resamples once, at the very end, and not each block with edges of its own.
 *
 * Worklets tell their place from the audio thread by messages. Browsers slow timers down in hidden tabs, to one a minute in the end; messages they do not.
 *
 * Each restart begins an epoch. Blocks and reports name theirs, so a report that was on its way during a seek says nothing about the new place.
 */
export class AudioOutput {
  #context;
  #node;
  #gain;
  #epoch = 0;
  #spare = [];

  /** Called with each report of the current epoch: `{frame, queued, isStarved, isOver, starvations, breaks}`. */
  onReport = () => {};

  static async open({ sampleRate, channels }) {
    if (globalThis.AudioWorkletNode === undefined) {
      throw new Failure('output', globalThis.isSecureContext === false
        ? 'Browsers play samples on pages from https or localhost only, and this page comes from neither.'
        : 'This browser has no AudioWorklet.');
    }
    try {
      const context = new AudioContext({ sampleRate, latencyHint: 'playback' });
      await context.audioWorklet.addModule(new URL('processor.js', import.meta.url));
      return new AudioOutput(context, channels);
    } catch (error) {
      throw new Failure('output', `The sound output could not be opened at ${sampleRate} Hz: ${error.message}`);
    }
  }

  constructor(context, channels) {
    this.#context = context;
    this.#node = new AudioWorkletNode(context, 'gateway-window', { numberOfInputs: 0, outputChannelCount: [channels] });
    this.#gain = new GainNode(context);
    this.#node.connect(this.#gain).connect(context.destination);
    this.#node.port.onmessage = ({ data }) => {
      this.#spare.push(...data.spent);
      if (data.epoch === this.#epoch) {
        this.onReport(data);
      }
    };
  }

  get context() { return this.#context; }

  /** What is heard, before the volume: for meters. */
  get node() { return this.#node; }

  set volume(value) {
    this.#gain.gain.value = value;
  }

  /** Drops what waits and goes on at a frame. */
  restart(frame) {
    this.#node.port.postMessage({ order: 'restart', epoch: ++this.#epoch, frame });
  }

  /** Memory for a block of samples, one buffer for each channel, which comes back from the audio thread when the block is played. */
  spare() {
    return this.#spare.pop()?.map(buffer => new Float32Array(buffer));
  }

  /** The channels become the output's own. */
  push(frame, channels, isLast) {
    this.#node.port.postMessage({ order: 'push', epoch: this.#epoch, block: { frame, channels, isLast } }, channels.map(samples => samples.buffer));
  }

  /** A paused context uses no power. Resuming one may be refused until a click; the promise then stays open. */
  async play(isPlaying) {
    this.#node.port.postMessage({ order: 'play', isPlaying });
    await (isPlaying ? this.#context.resume() : this.#context.suspend());
  }

  get isAllowed() {
    return this.#context.state === 'running';
  }

  async close() {
    this.#node.port.postMessage({ order: 'close' });
    this.#node.disconnect();
    await this.#context.close();
  }
}
