import { Movement, idleMs } from './movement.js';
import { Stalls } from './stalls.js';

/** A library that helps a standing picture over a small hole moves it by less; a viewer hardly by so little. */
const nudgeSec = 1;

/** Within so long after a pause the element has told of it. */
const pauseToldMs = 50;

/**
 * The media element of one play, where all players are alike: when it first moves, when it stands, and whether the viewer wants it to move.
 *
 * @typedef {object} Told whom it tells
 * @property {(now: number) => void} first the first frame or sound has moved, by `performance.now()`
 * @property {(seconds: number) => void} again it moves after a wait of so long
 * @property {() => boolean} isOver whether nothing is to be played any more
 * @property {() => boolean} mayStart whether there is enough media for playback to begin
 * @property {() => void} muted the browser plays it without sound only
 */
export class MediaElement {
  #video;
  #told;
  #startedAt;
  #stalls;
  #movement = new Movement();
  #movingSince = null;
  // What a library or a new source does to the element is no wish of the viewer's.
  #isWanted = true;
  // The browser wants a click first, even without sound.
  #isRefused = false;
  // From the end of an old player to the first new frame: what the element says meanwhile is about neither.
  #isReopening = false;
  #hasEnded = false;
  /** X-Served-From of the last segment; null while unknown. */
  source = null;

  /**
   * @param {HTMLVideoElement} video
   * @param {import('./reports.js').Reports} reports
   * @param {() => object} who fields of every report
   * @param {number} startedAt when the viewer pressed play, by `performance.now()`
   * @param {Told} told
   * @param {AbortSignal} signal ends the listening
   */
  constructor(video, reports, who, startedAt, told, signal) {
    this.#video = video;
    this.#told = told;
    this.#startedAt = startedAt;
    this.#stalls = new Stalls(reports, who);
    video.addEventListener('playing', () => this.#moving(), { signal });
    video.addEventListener('timeupdate', () => this.#moving(), { signal });
    video.addEventListener('waiting', () => this.#stalled(), { signal });
    video.addEventListener('ended', () => { this.#stalls.drop(); this.#hasEnded = true; }, { signal });
    video.addEventListener('play', () => { this.#hasEnded = false; this.#isWanted = true; }, { signal });
    video.addEventListener('pause', () => this.#paused(), { signal });
    video.addEventListener('seeking', () => this.#sought(), { signal });
    video.addEventListener('canplay', () => this.#canPlay(), { signal });
    video.addEventListener('progress', () => this.start(), { signal });
  }

  /** Whether the first frame or sound has moved. */
  get hasStarted() {
    return this.#movingSince !== null;
  }

  /** Seconds from the start to the first frame or sound; null before it. */
  get startupSeconds() {
    return this.hasStarted ? (this.#movingSince - this.#startedAt) / 1000 : null;
  }

  /** Whether it is to begin, and neither the viewer nor the browser holds it back. */
  get isStarting() {
    return !this.hasStarted && this.#isWanted && !this.#isRefused;
  }

  get isWanted() {
    return this.#isWanted;
  }

  get hasEnded() {
    return this.#hasEnded;
  }

  get stalls() {
    return this.#stalls;
  }

  /**
   * Looks at it once, some times a second.
   * @returns {boolean} whether media is there and did not move in spite of a push
   */
  look(now) {
    const stands = this.#movement.standsFor(this.#video, now);
    if (stands > 0) {
      this.#stalled(now - stands);
    }
    this.#stalls.tell(this.source, this.#movingSince);
    this.start();
    return this.#isIdle(now);
  }

  /** There may be enough of it to begin by now. */
  start() {
    if (this.isStarting) {
      this.push();
    }
  }

  /** Plays, if that is wanted. Nothing begins before there is enough to play. */
  push() {
    if (this.#isWanted && this.#video.paused && !this.#hasEnded && !this.#told.isOver() && (this.hasStarted || this.#told.mayStart())) {
      this.#play();
    }
  }

  /** The viewer wants it to play. */
  play() {
    this.#isWanted = true;
    this.#isRefused = false;
    if (this.hasStarted) {
      this.#play();
    } else {
      this.push();
    }
  }

  /** The viewer plays or pauses. Before the first frame, that says whether it is to begin. */
  toggle() {
    if (this.hasStarted ? this.#video.paused : !this.isStarting) {
      this.play();
    } else {
      this.#isWanted = false;
      this.#video.pause();
    }
  }

  /** Browsers refuse sound without a click; muted video they allow. */
  async #play() {
    try {
      await this.#video.play();
    } catch (error) {
      // Anything else, such as a source that turned out bad, is told by the player itself.
      if (error?.name === 'NotAllowedError') {
        await this.#playMuted();
      }
    }
  }

  async #playMuted() {
    if (this.hasStarted || this.#video.muted) {
      this.#isRefused = true;
      return;
    }
    this.#video.muted = true;
    this.#told.muted();
    await this.#video.play().catch(error => { this.#isRefused = error?.name === 'NotAllowedError'; });
  }

  /** An element that a viewer has just paused is paused already, and its event may come behind this one. */
  #canPlay() {
    if (this.hasStarted) {
      setTimeout(() => this.push(), pauseToldMs);
    } else {
      this.push();
    }
  }

  /** The player is opened again: from here to the first new frame the picture stands, however much the old one had left. */
  reopen() {
    if (this.#isWanted) {
      this.#stalls.begin(this.#video.currentTime);
    }
    this.#isReopening = true;
  }

  /** The stall that lasts, if one does, is over. */
  resume(outcome = 'recovered') {
    this.#stalls.end(outcome, this.#video.currentTime, this.source, this.#movingSince);
  }

  #moving() {
    const video = this.#video;
    const hasMedia = !video.paused && video.readyState >= HTMLMediaElement.HAVE_FUTURE_DATA;
    if (!this.hasStarted && hasMedia) {
      this.#movingSince = performance.now();
      this.#told.first(this.#movingSince);
    }
    if (this.#isReopening) {
      if (hasMedia && !video.seeking) {
        this.#isReopening = false;
        this.#stalls.moveTo(video.currentTime);
      }
      return;
    }
    // A timeupdate that stands still is no movement: browsers send one when the wait begins. Nor is a clock that runs on without frames.
    if (this.#stalls.isRunning && !video.seeking && video.currentTime !== this.#stalls.position && !this.#movement.isStanding(video)) {
      const stood = this.#stalls.milliseconds / 1000;
      this.resume();
      this.#told.again(stood);
    }
  }

  #stalled(since = performance.now()) {
    const video = this.#video;
    if (this.hasStarted && !video.seeking && !video.paused && !video.ended) {
      this.#stalls.begin(video.currentTime, since);
    }
  }

  #paused() {
    // At the end the element pauses by itself, and so it does for a player that is being opened again.
    if (!this.#isReopening && !this.#video.ended) {
      this.#isWanted = false;
      this.resume('paused');
    }
  }

  #sought() {
    const isNudge = this.#stalls.isRunning && Math.abs(this.#video.currentTime - this.#stalls.position) < nudgeSec;
    if (!this.#isReopening && !isNudge) {
      this.resume('seek');
    }
  }

  /** There is media, playing is wanted, and nothing moves: a library let an attempt pass by, or the element refuses. */
  #isIdle(now) {
    const isReady = this.isStarting && this.#video.readyState >= HTMLMediaElement.HAVE_FUTURE_DATA && !this.#told.isOver() && this.#told.mayStart();
    const idle = this.#movement.idle(isReady, now);
    if (idle > idleMs) {
      this.push();
    }
    return idle > 2 * idleMs;
  }
}
