import { root } from '../js/catalogue.js';

/** Between two signs of life. A session without any ends after `Sessions:IdleTimeout`, which is half an hour unless somebody has said otherwise. */
const beatMs = 15_000;

/** Answers after which there is nothing more to keep alive. */
const over = [401, 403, 404, 410];

/**
 * A session of this page: tells the gateway that it lives and where play is, and ends it when the page is done with it. Whatever goes wrong here is nothing that a listener should notice.
 */
export class SessionLife {
  #url;
  #headers;
  #tell;
  #timer = null;
  #isOver = false;

  /**
   * @param {{id: string, credential: string}} session `credential`: its ticket, or the caller's token; empty where the id is enough
   * @param {() => {positionSec: number, isPlaying: boolean, bufferedUntilSec: number} | null} tell null while there is nothing to tell
   */
  constructor({ id, credential }, tell) {
    this.id = id;
    this.#url = new URL(`api/v1/playback/sessions/${id}`, root).href;
    this.#headers = credential === '' ? {} : { Authorization: `Bearer ${credential}` };
    this.#tell = tell;
    this.#timer = setInterval(() => void this.beat(), beatMs);
  }

  get isOver() { return this.#isOver; }

  async beat() {
    const told = this.#tell();
    if (told === null || this.#isOver) return;
    try {
      const response = await fetch(`${this.#url}/heartbeat`, {
        method: 'POST', cache: 'no-store', headers: { ...this.#headers, 'Content-Type': 'application/json' }, body: JSON.stringify(told),
      });
      await response.body?.cancel();
      if (over.includes(response.status)) this.#stop();
    } catch {
      // The next one may come through.
    }
  }

  /** Also while the page is going away. */
  end() {
    if (this.#isOver) return;
    this.#stop();
    fetch(this.#url, { method: 'DELETE', keepalive: true, headers: this.#headers }).catch(() => {});
  }

  #stop() {
    this.#isOver = true;
    clearInterval(this.#timer);
  }
}
