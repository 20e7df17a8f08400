import { asFailure } from './failure.js';
import { browserMeans, openParts } from './opening.js';
import { Recovery } from './recovery.js';
import { run } from './runner.js';
import { blockSize, noFigures } from './window.js';

/** Seconds handed to the sound output ahead of the place of play: what plays on while the page is busy. */
const lead = 2;

/** Seconds that have to be decoded before sound begins at a new place, and before it goes on after it ran dry. */
const needed = { start: 0.1, dry: 1 };

/**
 * Plays one file: owner of the source, the window, the runner and the output, and the only one who tells them anything.
 *
 * A new run begins in one way only, whether a person sought, a range failed or a session ended: `#restart`. It raises the generation, aborts the old run, *awaits it*, and only then touches the
 * window and begins. Of two hundred seeks in a row each waits for the one before, and all but the last find a higher generation and do nothing.
 *
 * Nothing here runs on a timer but the pauses between attempts. The output's reports move the window on, the window's room lets the runner go on, and what the runner brings goes to the output.
 */
export class Engine {
  #address;
  #means;
  #life = new AbortController();
  #source = null;
  #reader = null;
  #format = null;
  #window = null;
  #output = null;
  #generation = 0;
  #run = null;
  #running = Promise.resolve();
  #isSettled = false;
  #isComplete = false;
  #isWanted = false;
  #isEnded = false;
  #isStarved = false;
  #position = 0;
  #fed = 0;
  #needed = 0;
  #isLastFed = false;
  #wantedSeconds = 0;
  #volume = 1;
  #recovery;
  #report = { starvations: 0, breaks: 0 };

  /** What went wrong and is tried again, and what ended play until somebody asks for more. */
  trouble = null;
  failure = null;
  restarts = 0;

  onChange = () => {};

  /**
   * @param {(signal: AbortSignal) => Promise<{url: string, headers: Object<string, string>}>} address where the file is; asked again when a session is lost
   * @param {object} [means] what tests replace: fetch, clock, codecs, openOutput, marks
   */
  constructor(address, means = {}) {
    this.#address = address;
    this.#means = { ...browserMeans, ...means };
    this.#recovery = new Recovery(this.#means.clock);
  }

  get format() { return this.#format; }
  get output() { return this.#output; }
  get position() { return this.#format === null ? this.#wantedSeconds : this.#position / this.#format.sampleRate; }
  get duration() { return this.#format === null ? null : this.#format.frames / this.#format.sampleRate; }

  /** `opening`, `playing`, `paused`, `waiting` for data, `ended` or `failed`. */
  get state() {
    if (this.failure !== null) return 'failed';
    if (this.#format === null) return 'opening';
    if (this.#isEnded) return 'ended';
    if (!this.#isWanted) return 'paused';
    return this.#isStarved ? 'waiting' : 'playing';
  }

  /** Where the file is read now. */
  get address() { return this.#source?.address ?? null; }

  get figures() {
    const { starvations, breaks } = this.#report;
    return {
      state: this.state, position: this.position, duration: this.duration, frame: this.#position, generation: this.#generation, restarts: this.restarts, starvations, breaks,
      ...(this.#window?.figures ?? noFigures), ...this.#source?.figures,
    };
  }

  /** Opens the file; afterwards it is paused at the wanted place, and the window fills. */
  async open(seconds = 0) {
    this.#wantedSeconds = seconds;
    this.failure = null;
    const { signal } = this.#life;
    for (;;) {
      try {
        this.#adopt(await openParts(this.#address, this.#means, signal));
        break;
      } catch (error) {
        if (signal.aborted) return;
        if (!await this.#mayTryAgain(asFailure(error), signal)) return;
      }
    }
    this.#succeeded();
    this.#seekTo(this.#frameAt(this.#wantedSeconds));
    if (this.#isWanted) void this.#output.play(true);
    this.onChange();
  }

  #adopt({ source, reader, format, output, window }) {
    [this.#source, this.#reader, this.#format, this.#output, this.#window] = [source, reader, format, output, window];
    output.volume = this.#volume;
    output.onReport = report => this.#heard(report);
    window.onGrowth = () => {
      this.#succeeded();
      this.#feed();
    };
  }

  play() {
    this.#isWanted = true;
    if (this.failure !== null) {
      void this.retry();
    } else if (this.#isEnded) {
      this.seek(0);
    }
    void this.#output?.play(true);
    this.onChange();
  }

  pause() {
    this.#isWanted = false;
    void this.#output?.play(false);
    this.onChange();
  }

  seek(seconds) {
    this.#wantedSeconds = Math.max(0, seconds);
    if (this.#format === null) return;
    if (this.failure !== null) {
      this.#position = this.#frameAt(seconds);
      void this.retry();
      return;
    }
    this.#seekTo(this.#frameAt(seconds));
    this.onChange();
  }

  /** Tries again after a failure, at the same place. What cannot be gone on with is opened anew. */
  async retry() {
    const { failure } = this;
    if (failure === null) return;
    this.failure = this.trouble = null;
    this.#recovery.succeeded();
    if (this.#format === null || !failure.passes) {
      const at = this.position;
      await this.close();
      this.#life = new AbortController();
      await this.open(at);
      return;
    }
    this.#isWanted = true;
    void this.#output.play(true);
    this.#seekTo(this.#position, true);
    this.onChange();
  }

  set volume(value) {
    this.#volume = value;
    if (this.#output !== null) this.#output.volume = value;
  }

  async close() {
    this.#life.abort();
    this.#generation++;
    this.#run?.abort();
    await this.#running;
    await this.#reader?.clear();
    await this.#output?.close();
    this.#output = this.#format = this.#window = this.#reader = null;
    this.#isSettled = false;
  }

  #frameAt(seconds) {
    return Math.min(Math.max(0, Math.round(seconds * this.#format.sampleRate)), Math.max(0, this.#format.frames - 1));
  }

  /** Inside the window the samples are there: no request and no new run, unless the old one has failed. */
  #seekTo(frame, isBroken = false) {
    this.#isEnded = this.#isStarved = this.#isLastFed = false;
    this.#position = this.#fed = frame;
    this.#needed = needed.start;
    this.#output.restart(frame);
    if (this.#isSettled && this.#window.covers(frame)) {
      this.#window.moveTo(frame);
      this.#feed();
      if (isBroken) this.#restart(this.#window.end, true);
    } else {
      this.#isStarved = true;
      this.#restart(frame, false);
    }
  }

  #restart(frame, isContinuation) {
    const generation = ++this.#generation;
    const own = new AbortController();
    const before = this.#running;
    this.#run?.abort();
    this.#run = own;
    this.#isComplete = false;
    if (!isContinuation) this.#isSettled = false;
    this.#running = (async () => {
      await before;
      if (generation !== this.#generation) return;
      this.restarts++;
      if (isContinuation) this.#window.continue(generation);
      else this.#window.begin(generation, frame);
      this.#isSettled = true;
      try {
        await run({ format: this.#format, reader: this.#reader, window: this.#window, generation, frame, signal: own.signal });
        this.#isComplete = true;
        this.#feed();
      } catch (error) {
        if (own.signal.aborted || !await this.#mayTryAgain(asFailure(error), own.signal)) return;
        this.#restart(this.#window.end, true);
      }
    })();
  }

  /** Waits between two attempts. False where there is to be none: the failure is final, or has lasted too long, or the place was left. */
  async #mayTryAgain(failure, signal) {
    const pause = this.#recovery.failed(failure, !this.#isWanted || (this.#window?.ahead ?? 0) === 0);
    if (pause === null) {
      this.#fail(failure);
      return false;
    }
    this.trouble = failure;
    this.onChange();
    try {
      await this.#means.clock.delay(pause, signal);
      if (failure.kind === 'session' && this.#format !== null) await this.#renew(signal);
      return true;
    } catch (error) {
      return !signal.aborted && this.#mayTryAgain(asFailure(error), signal);
    }
  }

  async #renew(signal) {
    this.#source.moveTo(await this.#address(signal));
  }

  #fail(failure) {
    this.failure = failure;
    this.trouble = null;
    void this.#output?.play(false);
    this.onChange();
  }

  #succeeded() {
    if (this.trouble !== null) {
      this.trouble = null;
      this.onChange();
    }
    this.#recovery.succeeded();
  }

  /** The output tells where it is. */
  #heard(report) {
    const before = this.state;
    this.#report = report;
    this.#position = report.frame;
    this.#window.moveTo(report.frame);
    if (report.isStarved && !this.#isStarved && this.#fed === report.frame) this.#needed = needed.dry;
    this.#isStarved = report.isStarved;
    if (report.isOver) {
      this.#isEnded = true;
      this.#isWanted = false;
    }
    this.#feed();
    if (this.state !== before) this.onChange();
  }

  /** Hands the output what is decoded, up to its lead. */
  #feed() {
    if (!this.#isSettled || this.#output === null) return;
    const rate = this.#format.sampleRate;
    const { end } = this.#window;
    if (end - this.#fed < this.#needed * rate && !this.#isComplete) return;
    this.#needed = 0;
    const to = Math.min(end, this.#position + lead * rate);
    const isLast = this.#isComplete && to === end;
    while (to > this.#fed || (isLast && !this.#isLastFed)) {
      const count = Math.min(blockSize, to - this.#fed);
      this.#isLastFed = isLast && this.#fed + count === end;
      this.#output.push(this.#fed, this.#window.read(this.#fed, count, this.#output.spare()), this.#isLastFed);
      this.#fed += count;
    }
  }
}
