import { Refusal } from './session.js';
import { after } from './timer.js';

const waits = [500, 1000, 2000, 4000, 8000];

// The gateway takes no upload that lasts longer (Gateway:Live:UploadTimeout).
const longestUpload = 120_000;

/**
 * @typedef {object} QueueState
 * @property {'idle' | 'sending' | 'waiting' | 'asking' | 'over'} phase
 * @property {number} recorded chunks so far
 * @property {number} sent confirmed by the gateway
 * @property {number} dropped by the user, or because the queue was full
 * @property {number} waiting chunks not confirmed yet
 * @property {number} waitingBytes
 * @property {number | null} index of the chunk that is tried
 * @property {import('../js/problem.js').Problem | null} problem of the last try
 */

/**
 * Sends chunks one after another in their order. A try that fails in passing is repeated, after `Retry-After` where the gateway says one, for as long as `patience`; then, and at once for what no
 * repeating mends, the queue stands still and its user is asked: `retry()`, `drop()` that chunk, or `close()`. Chunks wait in memory, up to `maxBytes`; beyond that the oldest that is not on its way is dropped,
 * since viewers of a live stream want the newest.
 */
export class UploadQueue {
  #session;
  #options;
  #queue = [];
  #phase = 'idle';
  #recorded = 0;
  #sent = 0;
  #dropped = 0;
  #problem = null;
  #wake = null;
  #isRunning = false;
  #drained = [];

  /**
   * @param {import('./session.js').Session} session
   * @param {{patience: number, maxBytes: number, change: () => void}} options patience in milliseconds
   */
  constructor(session, options) {
    this.#session = session;
    this.#options = options;
  }

  /** @returns {QueueState} */
  get state() {
    return {
      phase: this.#phase, recorded: this.#recorded, sent: this.#sent, dropped: this.#dropped, waiting: this.#queue.length,
      waitingBytes: this.#queue.reduce((sum, entry) => sum + entry.chunk.size, 0), index: this.#queue[0]?.index ?? null, problem: this.#problem,
    };
  }

  add(chunk) {
    const index = this.#recorded++;
    if (this.#phase === 'over') {
      this.#dropped++;
    } else {
      this.#queue.push({ index, chunk, isBegun: false });
      this.#keepBound();
      this.#run();
    }
    this.#options.change();
  }

  /** Tries again at once. */
  retry() {
    if (this.#phase === 'waiting' || this.#phase === 'asking') {
      this.#wake?.('retry');
    }
  }

  /** Gives up the chunk that is asked about. */
  drop() {
    if (this.#phase === 'asking') {
      this.#wake?.('drop');
    }
  }

  /** Gives up everything that waits. */
  close() {
    this.#dropped += this.#queue.length;
    this.#queue.length = 0;
    this.#enter('over');
    this.#wake?.('over');
    this.#settle();
  }

  /** Resolves when nothing waits any more. */
  drained() {
    return this.#queue.length === 0 ? Promise.resolve() : new Promise(resolve => this.#drained.push(resolve));
  }

  async #run() {
    if (this.#isRunning) {
      return;
    }
    this.#isRunning = true;
    while (this.#queue.length > 0) {
      await this.#send(this.#queue[0]);
    }
    this.#isRunning = false;
    if (this.#phase !== 'over') {
      this.#enter('idle');
    }
    this.#settle();
  }

  /** Until the chunk is confirmed, dropped, or all is over. */
  async #send(entry) {
    let tries = 0;
    let since = performance.now();
    while (this.#queue[0] === entry) {
      this.#enter('sending');
      try {
        await this.#session.renewIfDue();
        const { late } = await this.#session.put(entry.index, entry.chunk, entry.isBegun, AbortSignal.timeout(longestUpload));
        if (late) {
          throw new Refusal({ status: 410, code: 'STREAMING_SESSION_ENDED', title: 'The gateway has ended the session' });
        }
        if (this.#queue[0] === entry) {
          this.#queue.shift();
          this.#sent++;
          this.#problem = null;
        }
      } catch (error) {
        if (this.#queue[0] !== entry) {
          return;
        }
        entry.isBegun = true;
        this.#problem = error instanceof Refusal ? error.problem : { status: 0, detail: error.message };
        const isPatient = performance.now() - since < this.#options.patience;
        const choice = error.passes && isPatient ? await this.#wait(this.#pause(tries++)) : await this.#ask();
        if (choice === 'drop') {
          this.#queue.shift();
          this.#dropped++;
          this.#problem = null;
        } else if (choice === 'retry' && !isPatient) {
          since = performance.now();
          tries = 0;
        }
      }
    }
  }

  #pause(tries) {
    return Math.max(waits[Math.min(tries, waits.length - 1)], (this.#problem.retryAfterSeconds ?? 0) * 1000);
  }

  #wait(milliseconds) {
    return this.#pausedAs('waiting', wake => after(milliseconds, wake));
  }

  #ask() {
    return this.#pausedAs('asking', () => () => {});
  }

  async #pausedAs(phase, begin) {
    this.#enter(phase);
    const choice = await new Promise(resolve => {
      const cancel = begin(resolve);
      this.#wake = word => {
        cancel();
        resolve(word);
      };
    });
    this.#wake = null;
    return choice;
  }

  #keepBound() {
    while (this.#queue.length > 2 && this.state.waitingBytes > this.#options.maxBytes) {
      this.#queue.splice(1, 1);
      this.#dropped++;
    }
  }

  #enter(phase) {
    if (this.#phase !== 'over') {
      this.#phase = phase;
      this.#options.change();
    }
  }

  #settle() {
    for (const resolve of this.#drained.splice(0)) {
      resolve();
    }
  }
}
