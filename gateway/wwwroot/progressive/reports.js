import { root } from '../js/catalogue.js';

/** A wait shorter than this is not heard. */
const shortestStallMs = 100;

/**
 * Tells the gateway what happened at the listener's end: `POST /api/v1/playback/sessions/{id}/events`, in order, as soon as an answer has named the session. What cannot be told is dropped.
 */
export class Reports {
  #who;
  #headers;
  #session = null;
  #waiting = [];
  #sending = Promise.resolve();
  #hasStarted = false;
  #retries = 0;
  #firstAnswerAt = null;
  #firstChunkAt = null;

  /**
   * @param {{engine: 'segmented' | 'direct', player: string}} who fields of every event
   * @param {{token: string, since: number}} play `since`: the click, by `performance.now()`
   */
  constructor(who, { token, since }) {
    this.#who = who;
    this.since = since;
    this.#headers = { 'Content-Type': 'application/json', ...(token !== '' && { Authorization: `Bearer ${token}` }) };
  }

  get session() { return this.#session; }

  opened(id) {
    if (this.#session !== null || !id) return;
    this.#session = id;
    this.#flush();
  }

  /** An answer has come: a description or a chunk. */
  answered(isChunk) {
    const now = performance.now();
    if (isChunk) this.#firstChunkAt ??= now;
    else this.#firstAnswerAt ??= now;
  }

  failed() { this.#retries += 1; }

  add(event, fields = {}) {
    this.#waiting.push({ event, ...this.#who, ...fields });
    this.#flush();
  }

  /** The parts of a start-up, each from the end of the one before, so that they add up to the whole. Told once. */
  started(outcome, milliseconds) {
    if (this.#hasStarted) return;
    this.#hasStarted = true;
    const end = this.since + milliseconds;
    const answerAt = Math.min(this.#firstAnswerAt ?? this.since, end);
    const chunkAt = Math.min(Math.max(this.#firstChunkAt ?? answerAt, answerAt), end);
    this.add('player.startup_timeline', {
      outcome, totalToAudibleMs: Math.round(milliseconds), createLatencyMs: 0, createToManifestMs: Math.round(answerAt - this.since), manifestToFirstChunkMs: Math.round(chunkAt - answerAt),
      firstChunkToAudibleMs: Math.round(end - chunkAt), startupRetryCount: this.#retries,
    });
  }

  /** Tells of each time when play stands for lack of data. @returns {() => number} how often that was */
  watch(element, signal) {
    let [count, since, position, timer] = [0, null, 0, null];
    const told = () => {
      count += 1;
      timer = null;
      this.add('player.rebuffer', { positionSec: position });
    };
    const over = outcome => {
      clearTimeout(timer);
      if (since !== null && timer === null) this.add('player.rebuffer_recovered', { outcome, durationMs: Math.round(performance.now() - since), positionSec: element.currentTime });
      [since, timer] = [null, null];
    };
    const on = (event, hear) => element.addEventListener(event, hear, { signal });
    on('waiting', () => {
      if (!this.#hasStarted || element.seeking || since !== null) return;
      [since, position] = [performance.now(), element.currentTime];
      timer = setTimeout(told, shortestStallMs);
    });
    on('playing', () => over('recovered'));
    on('seeking', () => over('seeked'));
    on('pause', () => over('paused'));
    on('ended', () => over('ended'));
    on('error', () => over('failed'));
    signal.addEventListener('abort', () => over('left'), { once: true });
    return () => count;
  }

  #flush() {
    if (this.#session === null || this.#waiting.length === 0) return;
    const body = JSON.stringify(this.#waiting.splice(0, 64));
    const url = new URL(`api/v1/playback/sessions/${this.#session}/events`, root);
    this.#sending = this.#sending.then(() => fetch(url, { method: 'POST', keepalive: true, headers: this.#headers, body }).then(response => response.body?.cancel()).catch(() => {}));
  }
}
