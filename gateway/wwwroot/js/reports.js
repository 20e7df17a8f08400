/**
 * Tells the gateway what happened at the viewer's end: `POST /api/v1/playback/sessions/{id}/events`. Events wait until an answer has named
 * the session, then go out at once and in order; `keepalive` lets the last ones leave with the page. Whatever goes wrong here is nothing
 * that a viewer should notice, so it is dropped in silence.
 */
export class Reports {
  #waiting = [];
  #session = null;
  #scheduled = false;
  #leaving = false;
  #headers;
  #sending = Promise.resolve();
  #inFlight = 0;

  /**
   * @param {string} correlation joins these events with the gateway's own of the same start-up
   * @param {string | null} accessToken the token with which the session was opened, where the gateway requires one
   */
  constructor(correlation, accessToken) {
    this.#headers = { 'Content-Type': 'application/json', 'x-segmented-startup-correlation-id': correlation };
    if (accessToken) {
      this.#headers.Authorization = `Bearer ${accessToken}`;
    }
  }

  /** An answer named the session. The last one counts: a manifest that failed names one that never began, and is good for telling of that only. Its ticket opens it where there is one. */
  opened(session, ticket = null) {
    if (session) {
      this.#session = session;
      if (ticket) {
        this.#headers.Authorization = `Bearer ${ticket}`;
      }
      this.#flush();
    }
  }

  /** @param {{event: string}} report fields are numbers, truth values and short words; the gateway drops the rest */
  add(report) {
    this.#waiting.push(report);
    if (!this.#scheduled) {
      // What happens at once goes out as one: two requests might arrive in the other order.
      this.#scheduled = true;
      queueMicrotask(() => {
        this.#scheduled = false;
        this.#flush();
      });
    }
  }

  /** The session that is told; null while no answer has named one. */
  get session() {
    return this.#session;
  }

  /** Everything that was told has been sent, or could not be. */
  get isSettled() {
    return this.#waiting.length === 0 && this.#inFlight === 0;
  }

  /** Ends when everything that has been told so far was sent. */
  async settled() {
    await Promise.resolve();
    await this.#sending;
  }

  /** The page is going away: from now on nothing waits for anything. */
  hurry() {
    this.#leaving = true;
  }

  #flush() {
    if (this.#session === null || this.#waiting.length === 0) {
      return;
    }
    const body = JSON.stringify(this.#waiting.splice(0));
    const send = () => fetch(new URL(`api/v1/playback/sessions/${this.#session}/events`, document.baseURI), {
      method: 'POST', keepalive: true, headers: this.#headers, body,
    }).catch(() => {}).finally(() => { this.#inFlight -= 1; });
    this.#inFlight += 1;
    this.#sending = this.#leaving ? send() : this.#sending.then(send);
  }
}
