import { Failure } from '../../window/engine/failure.js';

/**
 * Waits for a step of the network, and no longer than it may stand still: the request is aborted then.
 * @param {AbortController} own of the request
 */
export async function watched(own, clock, milliseconds, step) {
  const done = new AbortController();
  let isStill = false;
  const watch = clock.delay(milliseconds, done.signal).then(() => {
    isStill = true;
    own.abort();
  }, () => {});
  try {
    return await step();
  } catch (error) {
    if (isStill) {
      throw new Failure('network', `Nothing came for ${milliseconds / 1000} s.`, { status: 0 });
    }
    if (own.signal.aborted || error instanceof Failure) {
      throw error;
    }
    throw new Failure('network', error?.message ?? 'The network failed.', { status: 0 });
  } finally {
    done.abort();
    await watch;
  }
}

/** One who waits until somebody knocks. A knock while nobody waits is kept. */
export class Bell {
  #isRung = false;
  #wake = () => {};

  ring() {
    this.#isRung = true;
    this.#wake();
  }

  /** Rejected when the signal is aborted. */
  async heard(signal) {
    signal.throwIfAborted();
    if (!this.#isRung) {
      await new Promise((resolve, reject) => {
        const leave = () => reject(signal.reason);
        signal.addEventListener('abort', leave, { once: true });
        this.#wake = () => {
          signal.removeEventListener('abort', leave);
          resolve();
        };
      });
    }
    this.#isRung = false;
  }
}
