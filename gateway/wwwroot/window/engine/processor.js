import { FrameQueue } from './ring.js';

/** Frames between two reports of the place of play: about forty a second. They, and no timer, drive the page. */
const reportEvery = 1024;

/** The audio thread's end of the sound output: takes blocks of samples, plays them, tells where it is. */
class WindowProcessor extends AudioWorkletProcessor {
  #queue = new FrameQueue();
  #isPlaying = false;
  #epoch = 0;
  #sinceReport = 0;
  #isClosed = false;

  constructor() {
    super();
    this.port.onmessage = ({ data }) => this.#obey(data);
  }

  process(inputs, [output]) {
    if (this.#isPlaying && !this.#queue.isOver) {
      const wasStarved = this.#queue.isStarved;
      this.#queue.pull(output);
      this.#sinceReport += output[0].length;
      if (this.#sinceReport >= reportEvery || this.#queue.isStarved !== wasStarved || this.#queue.isOver) {
        this.#report();
      }
    }
    return !this.#isClosed;
  }

  #obey({ order, epoch, frame, block, isPlaying }) {
    if (order === 'restart') {
      this.#epoch = epoch;
      this.#queue.restart(frame);
    } else if (order === 'push' && epoch === this.#epoch) {
      this.#queue.push(block);
    } else if (order === 'play') {
      this.#isPlaying = isPlaying;
    } else if (order === 'close') {
      this.#isClosed = true;
    }
  }

  #report() {
    const { frame, queued, isStarved, isOver, starvations, breaks } = this.#queue;
    const spent = this.#queue.spent.splice(0).map(channels => channels.map(samples => samples.buffer));
    this.port.postMessage({ epoch: this.#epoch, frame, queued, isStarved, isOver, starvations, breaks, spent }, spent.flat());
    this.#sinceReport = 0;
  }
}

registerProcessor('gateway-window', WindowProcessor);
