import { recorderFor } from './recorder.js';
import { framesPerSecond, openSource, qualities, release } from './source.js';
import { Session } from './session.js';
import { UploadQueue } from './upload-queue.js';
import { broken, explainAnswer, explainSource, noEncoder } from './explanations.js';

// In memory: about ten minutes at 720p, after which a session without chunks is over at the gateway anyway (Gateway:Live:IdleTimeout).
const maxQueued = 256 << 20;

/**
 * One recording from Start to its end: the source, the recorder, the session at the gateway and what waits to be sent.
 *
 * @typedef {object} Choice
 * @property {'screen' | 'window' | 'camera'} source
 * @property {'own' | 'microphone' | 'none'} sound
 * @property {keyof typeof qualities} quality
 * @property {string} camera
 * @property {string} title
 * @property {string} token
 * @property {string | null} recorder
 * @property {number} chunkSeconds
 * @property {number} patience milliseconds for which a chunk is tried again before the user is asked
 */
export class CaptureSession {
  #choice;
  #change;
  #recorder = null;
  #failed = false;

  phase = 'opening';
  /** @type {MediaStream | null} */
  stream = null;
  /** @type {Session | null} */
  session = null;
  /** @type {UploadQueue | null} */
  queue = null;
  /** @type {import('./explanations.js').Explanation | null} */
  failure = null;
  seconds = 0;
  startedAt = 0;
  notice = '';

  /** @param {Choice} choice @param {() => void} change called whenever something is different */
  constructor(choice, change) {
    this.#choice = choice;
    this.#change = change;
  }

  get label() {
    return this.#recorder?.label ?? '';
  }

  /** Opens the source, then the session, so that no session is left by somebody who closes the browser's question. */
  async start() {
    const { source, sound, quality, camera, title, token } = this.#choice;
    try {
      this.stream = await openSource(source, sound, qualities[quality].height, camera);
    } catch (error) {
      this.#fail(explainSource(error, source));
      return;
    }
    if (this.phase === 'ended') {
      release(this.stream);
      return;
    }
    this.#change();
    try {
      this.#recorder = await recorderFor(this.stream, this.#recorderOptions(), this.#choice.recorder);
      if (this.#recorder === null) {
        this.#fail(noEncoder);
        return;
      }
      const session = await Session.create({ title, chunkSeconds: this.#choice.chunkSeconds }, token);
      if (this.phase === 'ended') {
        session.end().catch(() => {});
        return;
      }
      this.session = session;
      this.queue = new UploadQueue(this.session, { patience: this.#choice.patience, maxBytes: maxQueued, change: this.#change });
      this.#begin();
    } catch (error) {
      this.#fail(error.problem ? explainAnswer(error.problem) : broken(error));
    }
  }

  /** Sends the last chunk, and everything before it, and ends the session. */
  async stop() {
    if (this.phase === 'opening') {
      this.#end();
    }
    if (this.phase !== 'recording') {
      return;
    }
    this.phase = 'ending';
    this.#change();
    await this.#recorder.stop().catch(() => {});
    release(this.stream);
    await this.queue.drained();
    await this.#endSession();
    this.#end();
  }

  /** Drops what waits, and ends. */
  async giveUp() {
    this.queue?.close();
    await this.stop();
  }

  #begin() {
    const tracks = this.stream.getTracks();
    const sourceEnded = () => {
      this.notice ||= 'The source has ended: it was closed, unplugged, or its sharing was stopped.';
      this.stop();
    };
    for (const track of tracks) {
      track.addEventListener('ended', sourceEnded);
    }
    if (this.#choice.sound === 'own' && this.stream.getAudioTracks().length === 0) {
      this.notice = 'The stream has no sound: none was shared with the picture.';
    }
    this.#recorder.start();
    this.startedAt = performance.now();
    this.phase = 'recording';
    this.#change();
    // While the session was opened nobody listened.
    if (tracks.some(track => track.readyState === 'ended')) {
      sourceEnded();
    }
  }

  #recorderOptions() {
    return {
      ...qualities[this.#choice.quality],
      framesPerSecond,
      chunkSeconds: this.#choice.chunkSeconds,
      take: (chunk, seconds) => {
        this.seconds += seconds;
        this.queue.add(chunk);
      },
      fail: error => {
        if (!this.#failed) {
          this.#failed = true;
          this.failure = broken(error);
          this.stop();
        }
      },
    };
  }

  async #endSession() {
    try {
      await this.session.end();
    } catch (error) {
      // The gateway ends it by itself where it gets no chunk.
      this.notice = `The gateway could not be told of the end (${error.message}). It ends the stream by itself when nothing comes for some minutes.`;
    }
  }

  #fail(explanation) {
    this.failure = explanation;
    this.#end();
  }

  #end() {
    release(this.stream);
    this.phase = 'ended';
    this.#change();
  }
}
