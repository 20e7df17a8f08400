import { bufferAhead } from './state.js';

/** Frames that stay away this long while the clock moves are a standing picture. Slide shows have a frame a second. */
const standingMs = 2_000;

/** The same where there is no media at the position: the sound has run on over a hole in the picture, and what would be shown is missing. */
const holeMs = 400;

/** Media that is there and does not move for this long needs a push; for twice this long, words. */
export const idleMs = 5_000;

/**
 * Whether the picture moves. The element's clock alone does not tell: it may run on over a decoder that has nothing to show. A picture without frames of its own (sound
 * only) and a hidden tab, where browsers decode nothing, are judged by the clock.
 */
export class Movement {
  #frames = -1;
  #position = -1;
  #frameAt = 0;
  #isStanding = false;
  #idleSince = null;

  /**
   * @param {HTMLVideoElement} video
   * @param {number} now by `performance.now()`
   * @returns {number} milliseconds for which the clock has run over a standing picture; 0 where it moves, or waits with the clock
   */
  standsFor(video, now) {
    const frames = framesOf(video);
    const isJudged = video.videoWidth > 0 && frames > 0 && !document.hidden && !video.paused && !video.seeking && !video.ended;
    if (!isJudged || frames !== this.#frames || video.currentTime === this.#position) {
      // A clock that stands is a wait of the element, which it tells by itself.
      this.#frameAt = isJudged && frames === this.#frames && video.currentTime === this.#position ? this.#frameAt : now;
      this.#isStanding &&= isJudged && frames === this.#frames;
      this.#frames = frames;
      this.#position = video.currentTime;
      return 0;
    }
    this.#position = video.currentTime;
    const lasts = now - this.#frameAt;
    this.#isStanding = lasts > (bufferAhead(video) > 0 ? standingMs : holeMs);
    return this.#isStanding ? lasts : 0;
  }

  /** Whether no frame has come since the picture was found standing: a clock that goes on is no movement then. */
  isStanding(video) {
    return this.#isStanding && framesOf(video) === this.#frames;
  }

  /**
   * @param {boolean} isReady whether there is media to play, playing is wanted, and nothing has moved yet
   * @param {number} now by `performance.now()`
   * @returns {number} milliseconds for which that has been so
   */
  idle(isReady, now) {
    this.#idleSince = isReady ? this.#idleSince ?? now : null;
    return isReady ? now - this.#idleSince : 0;
  }
}

function framesOf(video) {
  return video.getVideoPlaybackQuality?.().totalVideoFrames ?? 0;
}
