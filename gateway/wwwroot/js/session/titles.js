import { Continuity } from './continuity.js';
import { PlaybackSession } from './playback-session.js';

/** What the gateway calls the players of this page. */
const playerNames = { hlsjs: 'hls.js', dashjs: 'dash.js', shaka: 'shaka', native: 'native' };

const engineOf = format => (format === 'file' ? 'direct' : 'segmented');

/**
 * Opens titles by name, `POST /api/v1/playback/sessions`. An operator's list of titles may point elsewhere than where the gateway finds a title of that name: such titles are played by their own addresses.
 *
 * @typedef {object} Wanted
 * @property {import('../catalogue.js').Title} title
 * @property {string} format
 * @property {string} player
 * @property {boolean} isChosen whether the viewer has chosen them; else the gateway draws the engine
 * @property {string} token
 * @property {number | null} startAt seconds
 */
export class Titles {
  #root;
  #elsewhere = new Set();

  constructor(root = new URL('api/v1/playback/sessions', document.baseURI)) {
    this.#root = root;
  }

  /** Whether the gateway may know it by name. */
  has(title) {
    return title !== undefined && !this.#elsewhere.has(title.id);
  }

  /** @param {Wanted} wanted @returns {Promise<PlaybackSession>} whose first segments the gateway has fetched */
  prewarm(wanted) {
    return PlaybackSession.create(this.#root, { ...this.#bodyOf(wanted), prewarm: true }, wanted.token, '');
  }

  /**
   * A session for a title, and what keeps it.
   * @param {Wanted} wanted
   * @param {PlaybackSession | null} ready one that was opened ahead of time, or handed off
   * @param {{correlation: string, look: () => import('./continuity.js').Viewing, tell: (event: {kind: string}) => void}} page
   * @returns {Promise<{format: string, continuity: Continuity} | null>} null where its own address plays it; throws a SessionError where nothing does for now
   */
  async open(wanted, ready, page) {
    const body = this.#bodyOf(wanted);
    const session = ready ?? await this.#create(wanted, body, page.correlation);
    if (session === null) {
      return null;
    }
    const format = formatFor(wanted, session.engine);
    if (session.addressOf(format, wanted.title.assets[format]) === null) {
      this.#elsewhere.add(wanted.title.id);
      session.end();
      return null;
    }
    return { format, continuity: new Continuity(session, { mediaId: wanted.title.id, format, body, token: wanted.token }, { root: this.#root, ...page }) };
  }

  async #create(wanted, body, correlation) {
    try {
      return await PlaybackSession.create(this.#root, body, wanted.token, correlation);
    } catch (error) {
      if (error.problem?.status !== 404) {
        throw error;
      }
      this.#elsewhere.add(wanted.title.id);
      return null;
    }
  }

  #bodyOf({ title, format, player, isChosen, startAt }) {
    return {
      mediaId: title.id,
      player: playerNames[player],
      ...(isChosen && { engine: engineOf(format) }),
      ...(startAt > 0 && { startPositionSec: startAt }),
    };
  }
}

/** The format of the engine that the gateway has drawn, where the viewer has chosen none. */
function formatFor({ title, format, isChosen }, engine) {
  if (isChosen || engineOf(format) === engine) {
    return format;
  }
  const offered = Object.keys(title.assets);
  return offered.find(id => engineOf(id) === engine) ?? format;
}
