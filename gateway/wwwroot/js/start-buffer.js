/** What a start waits for where the gateway says nothing else: as many segments, or so many seconds. */
export const usual = { segments: 2, seconds: 10 };

/** Seconds by which sound and picture of the same segments may end apart. */
const blur = 0.3;

/**
 * The least media that is there before playback begins: so many segments from the place of play on, or so many seconds, whichever is reached first; or all there is, where a title is shorter. A
 * broadcast waits for no more than half of its distance from the live edge: the rest may not exist yet.
 */
export class StartBuffer {
  #least;
  // Where each segment that came ends, by where it begins.
  #ends = new Map();

  /** @param {{segments: number, seconds: number}} least */
  constructor(least) {
    this.#least = least;
  }

  get seconds() {
    return this.#least.seconds;
  }

  /** A segment, or a part of one in a low-latency broadcast, has been brought: seconds on the media's own timeline. */
  add(start, end) {
    this.#ends.set(start.toFixed(1), end);
  }

  /** The player is opened again. */
  forget() {
    this.#ends.clear();
  }

  /**
   * @param {HTMLVideoElement} video
   * @param {import('./players/index.js').Player} player
   */
  isEnough(video, player) {
    const held = heldFrom(video);
    if (player.isFull()) {
      // Phones fetch nothing of a file before it plays: whoever waited for it would wait for ever.
      return true;
    }
    if (held === 0) {
      return false;
    }
    const wanted = Math.min(this.#least.seconds, this.#endOfLast(video.currentTime) - video.currentTime);
    if (player.isLive()) {
      return has(held, Math.min(wanted, (player.liveDelay() ?? 0) / 2));
    }
    return has(held, wanted) || has(held, video.duration - video.currentTime);
  }

  /** Where the last of the segments that are waited for ends; Infinity while it has not come. */
  #endOfLast(position) {
    const ends = [...this.#ends.values()].filter(end => end > position + blur).sort((a, b) => a - b);
    return ends[this.#least.segments - 1] ?? Infinity;
  }
}

function has(held, wanted) {
  return held >= wanted - Math.min(blur, wanted / 4);
}

/** Seconds in the buffer from the place of play on. Holes are the player's: it leaps over them. */
function heldFrom({ buffered, currentTime }) {
  let sum = 0;
  for (let index = 0; index < buffered.length; index++) {
    sum += Math.max(0, buffered.end(index) - Math.max(buffered.start(index), currentTime));
  }
  return sum;
}
