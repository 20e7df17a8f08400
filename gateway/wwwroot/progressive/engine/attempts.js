import { asFailure } from '../../window/engine/failure.js';
import { Recovery } from '../../window/engine/recovery.js';

/** What goes wrong while a track is opened and brought, and whether there is another attempt. */
export class Attempts {
  #clock;
  #recovery;

  /** What went wrong and is tried again, and what ended play until somebody asks for more. */
  trouble = null;
  failure = null;

  onChange = () => {};

  /** @param {{now(): number, delay(ms: number, signal: AbortSignal): Promise<void>}} clock */
  constructor(clock) {
    this.#clock = clock;
    this.#recovery = new Recovery(clock);
  }

  /** Does what somebody waits for until it succeeds, or until there is no attempt left: then it throws the last failure. */
  async untilDone(step, signal) {
    for (;;) {
      try {
        return await step();
      } catch (error) {
        signal.throwIfAborted();
        await this.pause(asFailure(error), true, signal);
      }
    }
  }

  /** Until the next attempt; throws the failure where there is none. */
  async pause(failure, isUrgent, signal) {
    const pause = this.#recovery.failed(failure, isUrgent);
    if (pause === null) throw failure;
    this.trouble = failure;
    this.onChange();
    await this.#clock.delay(pause, signal);
  }

  succeeded() {
    this.#recovery.succeeded();
    this.trouble = null;
    this.onChange();
  }

  /** There is no other attempt. @returns {boolean} false where there was none before either: the first failure counts */
  end(failure) {
    if (this.failure !== null) return false;
    this.failure = failure;
    this.trouble = null;
    return true;
  }

  /** Somebody asks for more after a failure: counting begins anew. */
  beginAnew() {
    this.failure = this.trouble = null;
    this.#recovery.succeeded();
  }
}
