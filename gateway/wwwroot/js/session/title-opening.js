import { itemOf } from '../address.js';
import { players } from '../players/index.js';
import { Titles } from './titles.js';

/** In which session the chosen title plays: one that was opened ahead, one that another is handed off to, or a new one. */
export class TitleOpening {
  #titles = new Titles();
  #page;
  #look;

  /** @param {import('../playout.js').Page} page @param {() => import('./continuity.js').Viewing} look */
  constructor(page, look) {
    this.#page = page;
    this.#look = look;
  }

  /**
   * Opens the chosen title by its name; undefined where it has none that the gateway knows.
   * @param {import('./playback-session.js').PlaybackSession | null} ready for the first call: what was opened ahead is not used twice
   */
  by(ready, startAt) {
    const { choice, tell } = this.#page;
    if (!this.#titles.has(choice.title)) {
      ready?.end();
      return undefined;
    }
    const wanted = this.#wanted(choice.title, startAt);
    let held = ready;
    return async correlation => {
      const session = held;
      held = null;
      const opened = await this.#titles.open(wanted, session, { correlation, look: this.#look, tell });
      if (opened === null) {
        return null;
      }
      // The gateway has drawn another engine than the one that it advised: the form shows what plays.
      choice.choose(opened.format);
      return { player: choice.player, asset: wanted.title.assets[opened.format], continuity: opened.continuity };
    };
  }

  /** A session of a title of the queue, its first segments fetched; null where the gateway does not know it by name. */
  async ahead(name) {
    const { choice, tell } = this.#page;
    const title = choice.titles.find(candidate => candidate.id === itemOf(name).title);
    if (!this.#titles.has(title)) {
      return null;
    }
    const session = await this.#titles.prewarm(this.#wanted(title, null));
    tell({ kind: 'prewarmed', detail: name });
    return session;
  }

  /** The chosen title by a handoff of the session that plays, where its engine is the one that is wanted now; else null. */
  async handOff(session) {
    const { choice, advice } = this.#page;
    const engine = choice.isChosen ? (choice.format === 'file' ? 'direct' : 'segmented') : advice.answer?.engine;
    if (session === undefined || !this.#titles.has(choice.title) || session.engine !== engine) {
      return null;
    }
    try {
      return await session.handoff({ positionSec: 0, isPlaying: true, mediaId: choice.title.id });
    } catch {
      // Opened anew, that may go well, or say why not.
      return null;
    }
  }

  #wanted(title, startAt) {
    const { choice } = this.#page;
    const format = choice.format in title.assets ? choice.format : Object.keys(title.assets)[0];
    return { title, format, player: players[choice.player].plays.includes(format) ? choice.player : 'native', isChosen: choice.isChosen, token: choice.token, startAt };
  }
}
