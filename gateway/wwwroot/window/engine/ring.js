/**
 * The frames that the sound output plays next, in order. It runs inside the audio thread, where nothing waits: out of frames it plays silence and stays where it is, so what follows later
 * follows exactly, and no place is ever computed from a clock.
 */
export class FrameQueue {
  #blocks = [];
  #at = 0;
  #isLast = false;
  #hasPlayed = false;

  /** The next frame to play, how many silent stretches there were for want of frames, and how often a block did not follow the one before it. */
  frame = 0;
  starvations = 0;
  breaks = 0;
  isStarved = false;

  /** Channels of blocks that are played or dropped, for whoever gives them back to be filled again. */
  spent = [];

  /** Frames that wait. */
  get queued() {
    return this.#blocks.reduce((sum, block) => sum + block.channels[0].length, 0) - this.#at;
  }

  get isOver() {
    return this.#isLast && this.#blocks.length === 0;
  }

  /** Drops everything and goes on at another frame. */
  restart(frame) {
    for (const { channels } of this.#blocks) this.spent.push(channels);
    this.#blocks = [];
    this.#at = 0;
    this.#isLast = false;
    this.#hasPlayed = false;
    this.isStarved = false;
    this.frame = frame;
  }

  /** @param {{frame: number, channels: Float32Array[], isLast: boolean}} block */
  push(block) {
    if (block.frame !== this.frame + this.queued) {
      this.breaks++;
      return;
    }
    this.#isLast = block.isLast;
    if (block.channels[0].length > 0) {
      this.#blocks.push(block);
    }
  }

  /** Fills an output; the rest of it is silence. */
  pull(output) {
    const wanted = output[0].length;
    let done = 0;
    while (done < wanted && this.#blocks.length > 0) {
      const { channels } = this.#blocks[0];
      const count = Math.min(wanted - done, channels[0].length - this.#at);
      for (let c = 0; c < output.length; c++) {
        output[c].set(channels[Math.min(c, channels.length - 1)].subarray(this.#at, this.#at + count), done);
      }
      done += count;
      this.#at += count;
      this.frame += count;
      if (this.#at === channels[0].length) {
        this.spent.push(channels);
        this.#blocks.shift();
        this.#at = 0;
      }
    }
    const isStarved = done < wanted && !this.isOver;
    this.#hasPlayed ||= done > 0;
    // The silence before the first frame of a place is no stall.
    if (isStarved && !this.isStarved && this.#hasPlayed) {
      this.starvations++;
    }
    this.isStarved = isStarved;
  }
}
