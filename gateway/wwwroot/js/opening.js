import { players } from './players/index.js';

/** A player that is not there after this time waits for its library, and holds nothing. */
const longestWaitMs = 5_000;

/** The one player that a play has at a time. What an earlier one still says is not listened to. */
export class Opening {
  #number = 0;
  #player = null;
  #opening = null;
  #shutting = Promise.resolve();

  /** The player that is open; null before, between and after. */
  get player() {
    return this.#player;
  }

  /** @returns {() => boolean} whether another one has been opened since this was asked, or this one shut */
  watch() {
    const number = this.#number;
    return () => number !== this.#number;
  }

  /**
   * Opens a player. Failures are told, never thrown.
   * @param {string} id of the player
   * @param {import('./players/index.js').OpenOptions} options
   * @param {(words: object) => void} onRefused it did not even begin
   */
  open(id, options, onRefused) {
    const opening = this.#open(id, options, onRefused).finally(() => {
      if (this.#opening === opening) {
        this.#opening = null;
      }
    });
    this.#opening = opening;
    return opening;
  }

  async #open(id, options, onRefused) {
    this.#number += 1;
    const isPast = this.watch();
    const only = hear => told => {
      if (!isPast()) {
        hear(told);
      }
    };
    try {
      const player = await players[id].open({
        ...options, onExchange: only(options.onExchange), onFatal: only(options.onFatal), onTrouble: only(options.onTrouble), onSegment: (...place) => only(() => options.onSegment(...place))(),
      });
      if (isPast()) {
        await player.close();
        return;
      }
      this.#player = player;
    } catch (error) {
      only(onRefused)({
        headline: `${players[id].name} did not start`, detail: String(error?.message ?? error),
        advice: 'Reload the page. If it stays, choose another player.', code: '', status: 0,
      });
    }
  }

  /** Lets go of the player; one that is still being opened is closed as soon as it is there. Ends when nothing of them holds the element any more. */
  shut() {
    this.#number += 1;
    const player = this.#player;
    const opening = this.#opening;
    this.#player = null;
    this.#shutting = this.#shutting.then(async () => {
      // Not from within the library's own call that led here: it would go on in ruins.
      await new Promise(over => { setTimeout(over, 0); });
      try {
        await player?.close();
      } catch {
        // Nothing listens to it any more, closed or not.
      }
      if (opening !== null) {
        await Promise.race([opening, new Promise(over => { setTimeout(over, longestWaitMs); })]);
      }
    });
    return this.#shutting;
  }
}
