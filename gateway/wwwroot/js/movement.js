/** Frames that stay away this long while the clock moves are a standing picture. Slide shows have a frame a second. */
const standingMs = 2_000;

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
  #idleSince = null;

  /**
   * @param {HTMLVideoElement} video
   * @param {number} now by `performance.now()`
   * @returns {boolean} whether the clock runs and the picture stands
   */
  stands(video, now) {
    const frames = video.getVideoPlaybackQuality?.().totalVideoFrames ?? 0;
    const isJudged = video.videoWidth > 0 && frames > 0 && !document.hidden && !video.paused && !video.seeking && !video.ended;
    if (!isJudged || frames !== this.#frames || video.currentTime === this.#position) {
      // A clock that stands is a wait of the element, which it tells by itself.
      this.#frameAt = isJudged && frames === this.#frames && video.currentTime === this.#position ? this.#frameAt : now;
      this.#frames = frames;
      this.#position = video.currentTime;
      return false;
    }
    this.#position = video.currentTime;
    return now - this.#frameAt > standingMs;
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
