import { Interruption } from './interruption.js';
import { explain, hintedMs, isLostSession, mayMend } from './problem.js';

/**
 * What is done where a player gives up. Before the first frame the start-up is begun again, within its budget; what was playing is waited for, and goes on where it stood.
 *
 * @typedef {object} Play what is recovered
 * @property {HTMLVideoElement} video
 * @property {import('./state.js').PlayerState} state
 * @property {import('./opening.js').Opening} opening
 * @property {import('./startup.js').StartupBudget} budget
 * @property {import('./reports.js').Reports} reports
 * @property {() => import('./session/continuity.js').Continuity | null} continuity
 * @property {() => string} url where it is seen whether the gateway answers
 * @property {() => boolean} isOver
 * @property {() => boolean} isBlocked whether the page's own policy stands in the way
 * @property {(startAt?: number | null) => Promise<void>} open the player, again
 * @property {() => void} reopening what plays is opened again
 * @property {() => void} push the element plays if the viewer wants it to
 * @property {(words: object) => void} fail
 * @property {(event: {kind: string}) => void} tell
 */
export class Recovery {
  #play;
  #interruption;
  #isLost = false;

  /** @param {Play} play */
  constructor(play) {
    this.#play = play;
    this.#interruption = new Interruption(play.url);
  }

  /**
   * A request has failed.
   * @param {import('./players/index.js').Exchange} exchange
   * @param {boolean} hasManifest whether one has been read
   */
  failed(exchange, hasManifest) {
    const { state, budget, continuity, fail } = this.#play;
    this.#isLost = isLostSession(exchange.problem);
    if (state.startupSeconds !== null) {
      if (this.#isLost) {
        // Some libraries ask with the lost session's address for ever.
        this.#breakOff(explain(exchange.problem));
      }
    } else if (budget.spends(exchange)) {
      this.#beginAgain(explain(exchange.problem));
    } else if (exchange.problem.isTransient === false && exchange.kind === 'manifest' && !hasManifest && !(this.#isLost && continuity() !== null)) {
      // The gateway says that asking again leads nowhere; libraries would ask all the same.
      fail(explain(exchange.problem));
    }
  }

  /** The player says that it will not go on. */
  gaveUp(words) {
    const { state, budget, continuity } = this.#play;
    if (state.startupSeconds === null && (budget.isTouched() || (this.#isLost && continuity() !== null))) {
      this.#beginAgain(words);
    } else {
      this.#breakOff(words);
    }
  }

  /** Not audible in time: from the beginning once more, unless that was tried already. */
  async late() {
    const { isOver, opening, budget } = this.#play;
    const wait = isOver() || opening.player === null ? NaN : budget.resetLate();
    if (!Number.isNaN(wait)) {
      await this.#beginAfter(wait);
    }
  }

  /** What was playing does not go on: once the gateway answers again it does, where it stood, or at the edge of what is live. */
  async #breakOff(words) {
    const { state, video, opening, continuity, isBlocked, open, reopening, push, fail, tell } = this.#play;
    if (this.#interruption.isRunning) {
      return;
    }
    if (state.startupSeconds === null || words.passes !== true || isBlocked() || !this.#interruption.hasPatience) {
      fail(words);
      return;
    }
    state.trouble = { ...words, advice: 'Playback goes on by itself as soon as the gateway answers again.' };
    tell({ kind: 'interrupted', detail: words.headline });
    const isPast = opening.watch();
    const isOver = () => this.#play.isOver() || isPast();
    if (!await this.#interruption.wait(isOver, () => this.#renew())) {
      if (!isOver()) {
        fail(continuity()?.problem ? explain(continuity().problem) : words);
      }
      return;
    }
    const startAt = state.live ? null : video.currentTime;
    reopening();
    await opening.shut();
    if (!this.#play.isOver()) {
      await open(startAt);
      push();
    }
  }

  /** @returns {Promise<true | number | null>} as Interruption.wait wants it */
  async #renew() {
    const continuity = this.#play.continuity();
    if (continuity === null || await continuity.renew('interrupted')) {
      return true;
    }
    return mayMend(continuity.problem) ? hintedMs(continuity.problem) : null;
  }

  /** The tries of a start-up are used up: from the beginning once more, or the end, and then nothing more is asked of the gateway. */
  async #beginAgain(words) {
    const { state, budget, reports, fail } = this.#play;
    const wait = budget.reset();
    if (Number.isNaN(wait)) {
      reports.add(budget.exhausted());
      fail(words);
      return;
    }
    state.trouble = words;
    await this.#beginAfter(wait);
  }

  async #beginAfter(wait) {
    const { state, opening, continuity, open, push } = this.#play;
    await opening.shut();
    const isPast = opening.watch();
    await new Promise(over => { setTimeout(over, wait); });
    if (this.#isLost) {
      this.#isLost = false;
      await continuity()?.renew('session lost');
    }
    if (!isPast() && state.fatalError === null) {
      await open();
      push();
    }
  }
}
