import { SessionLife } from '../window/session.js';
import { askEngine, newPlayId, plainAddress, trackAddress } from './address.js';
import { ChunkSource } from './engine/chunks.js';
import { Engine } from './engine/engine.js';
import { browserMeans } from './engine/opening.js';
import { pathsHere } from './engine/paths.js';
import { PlainPlayback } from './engine/plain.js';
import { Reports } from './reports.js';

/**
 * One play of one title: asks the gateway how, takes the first path that the browser has, and the next one where it turns out that it does not play. Which path it is and why is told to the page
 * and to the gateway.
 */
export class Player {
  #element;
  #choice;
  #life = new AbortController();
  #session = null;
  #stalls = () => 0;
  #closing = Promise.resolve();

  playback = null;
  path = null;

  /** Why it is not the best path: for people, and as a word for the gateway's log. */
  reason = '';
  reports = null;

  onChange = () => {};

  /**
   * @param {HTMLMediaElement} element
   * @param {{track: string, assets: object, token: string, settings: object, wanted: 'auto' | 'progressive' | 'file', since: number}} choice
   */
  constructor(element, choice) {
    this.#element = element;
    this.#choice = choice;
  }

  get stalls() { return this.#stalls(); }
  get settings() { return this.#choice.settings; }

  async open(seconds = 0) {
    const { signal } = this.#life;
    const { token, wanted } = this.#choice;
    const advice = await askEngine(token);
    if (signal.aborted) return;
    let [here, reason] = this.#pathsFor(advice);
    const draw = this.#comesEitherWay(advice) && wanted === 'auto' ? advice.draw : null;
    let [from, isWanted] = [seconds, true];
    for (const [n, path] of here.entries()) {
      await this.#shut();
      if (signal.aborted) return;
      this.path = path;
      this.reason = reason.words;
      this.#play(path, reason.word, n === 0 ? draw : null, advice);
      const opened = this.playback.open(from);
      if (isWanted) this.playback.play();
      await opened;
      if (signal.aborted) return;
      const { failure } = this.playback;
      if (failure?.kind !== 'unplayable' || n === here.length - 1) break;
      reason = { word: 'unplayable', words: failure.message };
      // Where somebody has sought meanwhile, and whether it is to play.
      [from, isWanted] = [this.playback.position, this.playback.isWanted];
    }
  }

  /** Whether this listener could get chunks as well as the file: only such plays count in the comparison of the two. */
  #comesEitherWay(advice) {
    return advice !== null && advice.progressive !== false && this.#choice.assets.file !== undefined && isProgressive(pathsHere(globalThis, this.#element)[0]);
  }

  /** The paths to try, best first, and why the first is not the very best. */
  #pathsFor(advice) {
    const { wanted } = this.#choice;
    const here = pathsHere(globalThis, this.#element);
    const rest = here.filter(path => !isProgressive(path));
    if (wanted === 'file') return [['file'], { word: 'chosen', words: 'It was chosen here.' }];
    if (advice?.progressive === false) return [rest.toReversed(), { word: 'switched_off', words: 'The gateway’s operator has switched chunks off.' }];
    if (wanted === 'auto' && advice?.engine === 'direct' && this.#comesEitherWay(advice)) return [['file'], { word: 'rollout', words: 'The gateway gives this listener whole files, by its roll-out.' }];
    if (here[0] === 'mse') return [here, { word: 'best', words: '' }];
    if (here[0] === 'managed') return [here, { word: 'best', words: 'The browser decides when it is fed.' }];
    return [here, { word: 'no_media_source', words: 'This browser has no MediaSource for Opus in WebM.' }];
  }

  #play(path, reason, draw, advice) {
    const { track, assets, token, settings, since } = this.#choice;
    const own = this.#life.signal;
    const session = newPlayId();
    const reports = new Reports({ engine: path === 'file' ? 'direct' : 'segmented', player: `progressive-${path}` }, { token, since });
    this.reports = reports;
    this.#stalls = reports.watch(this.#element, own);
    const choice = { track, assets, token, draw, session };
    if (isProgressive(path)) {
      const means = browserMeans();
      const source = new ChunkSource(trackAddress(choice), { fetch: (...asked) => fetch(...asked), clock: means.clock });
      source.onAnswer = (headers, isOk, isChunk) => {
        if (isOk) reports.answered(isChunk);
        else reports.failed();
        this.#named(headers.get('X-Session-Id'), headers.get('X-Session-Ticket') ?? token, reports);
      };
      this.playback = new Engine(this.#element, source, settings, { kind: path === 'mse' ? globalThis.MediaSource : globalThis.ManagedMediaSource, since });
    } else {
      this.playback = new PlainPlayback(this.#element, signal => this.#addressOf(path, choice, reports, signal), { since });
    }
    reports.add('player.path', { path, reason, stage: advice?.stage ?? -1 });
    const { playback } = this;
    playback.onChange = () => {
      if (playback !== this.playback) return;
      if (playback.firstSoundMs !== null) reports.started('audible', playback.firstSoundMs);
      else if (playback.failure !== null && playback.failure.kind !== 'unplayable') reports.started('playback_error', performance.now() - since);
      this.onChange();
    };
  }

  async #addressOf(path, choice, reports, signal) {
    const found = await plainAddress(path, choice, signal);
    if (found === null) return null;
    if (found.url === null) {
      new SessionLife(found.own, () => null).end();
      return null;
    }
    if (found.own !== null) {
      this.#named(found.own.id, found.own.credential, reports);
    } else if (choice.draw !== null || path === 'hls') {
      // The element shows no headers. Asked beside it, not before it: the start must not wait.
      fetch(found.url, { headers: path === 'hls' ? {} : { Range: 'bytes=0-0' }, cache: 'no-store' }).then(response => {
        this.#named(response.headers.get('X-Session-Id'), response.headers.get('X-Session-Ticket') ?? choice.token, reports);
        return response.body?.cancel();
      }).catch(() => {});
    }
    return found.url;
  }

  /** An answer named the session: from now on it is told of. */
  #named(id, credential, reports) {
    if (!id || reports.session !== null) return;
    reports.opened(id);
    this.#session = new SessionLife({ id, credential }, () => {
      const { state, position, figures } = this.playback ?? {};
      return state === 'playing' || state === 'paused' || state === 'waiting' ? { positionSec: position, isPlaying: state !== 'paused', bufferedUntilSec: position + figures.ahead } : null;
    });
  }

  /** Another sound: where the path can do it, from here on without a break. */
  switchTo(settings) {
    this.#choice = { ...this.#choice, settings };
    this.playback?.switchTo(settings);
  }

  /** The page goes away. */
  leave() {
    this.#session?.end();
  }

  /** Ends it; the element is free then. */
  close() {
    this.#life.abort();
    return this.#shut();
  }

  #shut() {
    this.#closing = this.#closing.then(async () => {
      const old = this.playback;
      this.playback = null;
      this.#session?.end();
      this.#session = null;
      await old?.close();
    });
    return this.#closing;
  }
}

function isProgressive(path) {
  return path === 'mse' || path === 'managed';
}
