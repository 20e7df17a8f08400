import { formatOf } from './catalogue.js';
import { players } from './players/index.js';
import { explain } from './problem.js';
import { Reports, StartupTimeline } from './reports.js';
import { StartupBudget } from './startup.js';

/** A wait shorter than this is not seen by a viewer and not counted as a rebuffering. */
const shortestStallMs = 100;

/** A start-up that takes longer is reported as failed; playback may still begin. */
const startupLimitMs = 15_000;

/** A stall of this length is reported as one of its own kind; longer in the first moments, where buffers are still short. */
const longStallMs = { cold: 18_000, warm: 7_000 };
const coldMs = 10_000;

/** After a difficulty that the player reported without giving up, a stall of this length is a failure. */
const hopelessStallMs = 20_000;

/**
 * What the page shows, and what `window.playerState` holds: replaced five times a second while something plays.
 *
 * @typedef {object} PlayerState
 * @property {'idle' | 'loading' | 'playing' | 'paused' | 'rebuffering' | 'ended' | 'failed'} phase
 * @property {string | null} player id of the player
 * @property {string | null} asset path behind /play/
 * @property {string | null} sessionId CMCD session id that the player sends
 * @property {boolean} live
 * @property {number} position seconds on the media's own timeline
 * @property {number} firstPosition where playback began; a live timeline may count from 1970
 * @property {number | null} duration seconds, null while unknown and for live
 * @property {import('./players/index.js').Rendition | null} rendition what is on the screen
 * @property {number} bufferSeconds media ahead of the position
 * @property {number | null} throughput bits per second, by the player's own estimate
 * @property {number | null} latencySeconds behind the live edge; null on demand
 * @property {number | null} startupSeconds from Play to the first moving frame or sound
 * @property {number} rebuffers
 * @property {number} rebufferSeconds
 * @property {number} droppedFrames
 * @property {number} totalFrames
 * @property {{buffer: number, cache: number, origin: number, unknown: number}} sources segments by X-Served-From
 * @property {number} requests finished requests of every kind
 * @property {number} bytes of all of them
 * @property {object | null} trouble words for a difficulty that the player goes on with
 * @property {object | null} fatalError words for the reason why it stopped: headline, detail, advice, code, status
 * @property {boolean} ended
 */

/** @returns {PlayerState} */
export function idleState() {
  return {
    phase: 'idle', player: null, asset: null, sessionId: null, live: false, position: 0, firstPosition: 0, duration: null, rendition: null,
    bufferSeconds: 0, throughput: null, latencySeconds: null, startupSeconds: null, rebuffers: 0, rebufferSeconds: 0,
    droppedFrames: 0, totalFrames: 0, sources: { buffer: 0, cache: 0, origin: 0, unknown: 0 }, requests: 0, bytes: 0,
    trouble: null, fatalError: null, ended: false,
  };
}

/**
 * One play of one asset by one player, measured at the video element, where all players are alike: what a library says of itself
 * is taken only for what it alone knows (the rendition it fetches, its throughput estimate, its distance from the live edge).
 */
export class Playback {
  #video;
  #state = idleState();
  #player = null;
  #closed = false;
  #listening = new AbortController();
  #startedAt = 0;
  #stalledAt = null;
  #stalledPosition = 0;
  #stallTold = false;
  #longStallTold = false;
  #lastSource = null;
  #onExchange;
  #reports;
  #timeline;
  #budget;
  // Which opening of the player is the present one: what an earlier one still says is not listened to.
  #opening = 0;
  #blocked = null;
  #shutting = Promise.resolve();

  /**
   * @param {HTMLVideoElement} video
   * @param {{player: string, asset: string, url: string}} choice
   * @param {(exchange: import('./players/index.js').Exchange) => void} onExchange called for each finished request
   */
  constructor(video, choice, onExchange) {
    this.#video = video;
    this.#onExchange = onExchange;
    Object.assign(this.#state, { phase: 'loading', player: choice.player, asset: choice.asset, sessionId: newSessionId() });
    this.url = choice.url;
    this.#reports = new Reports(this.#state.sessionId, new URL(choice.url).searchParams.get('access_token'));
  }

  /** Opens the player and starts playback. Failures end up in the state, never as an exception. */
  async start() {
    const video = this.#video;
    const state = this.#state;
    const { signal } = this.#listening;
    this.#startedAt = performance.now();
    this.#budget = new StartupBudget(this.#startedAt);
    this.#timeline = new StartupTimeline(this.#reports, this.#who(), this.#startedAt, this.#budget);
    window.addEventListener('pagehide', () => {
      this.#reports.hurry();
      this.#leave();
    }, { signal });
    video.addEventListener('playing', () => this.#moving(), { signal });
    video.addEventListener('timeupdate', () => this.#moving(), { signal });
    video.addEventListener('waiting', () => this.#stalled(), { signal });
    video.addEventListener('ended', () => { this.#stalledAt = null; state.ended = true; }, { signal });
    video.addEventListener('play', () => { state.ended = false; }, { signal });
    video.addEventListener('pause', () => this.#resume('paused'), { signal });
    video.addEventListener('seeking', () => this.#resume('seek'), { signal });

    await this.#open();
  }

  async close() {
    this.#leave();
    this.#closed = true;
    this.#listening.abort();
    await this.#shut();
  }

  /**
   * The page's content security policy has kept something from an address. Players do without a clock or a steering server, so it is no failure by itself: these words are the
   * reason when playback does not begin, or does not go on, for want of a response.
   */
  blocked(words) {
    this.#blocked ??= words;
  }

  /** @returns {PlayerState} */
  read() {
    const state = this.#state;
    const video = this.#video;
    const player = this.#player;
    if (state.fatalError === null && player !== null) {
      state.live = player.isLive();
      state.throughput = player.throughput();
      state.latencySeconds = state.live ? player.latency() : null;
      state.rendition = onScreen(video, player);
      state.bufferSeconds = bufferAhead(video);
    }
    state.position = video.currentTime;
    state.duration = !state.live && Number.isFinite(video.duration) ? video.duration : null;
    const quality = video.getVideoPlaybackQuality?.();
    state.droppedFrames = quality?.droppedVideoFrames ?? 0;
    state.totalFrames = quality?.totalVideoFrames ?? 0;

    const stall = this.#stallMs();
    this.#tellStall(stall);
    if (state.startupSeconds === null && !video.paused && performance.now() - this.#startedAt > startupLimitMs) {
      this.#timeline?.tell('startup_timeout');
    }
    if (state.trouble !== null && stall > hopelessStallMs) {
      this.#fail(state.trouble);
    }
    state.phase = this.#phase(stall);
    const counted = stall > shortestStallMs;
    return {
      ...state,
      sources: { ...state.sources },
      rebuffers: state.rebuffers + (counted ? 1 : 0),
      rebufferSeconds: state.rebufferSeconds + (counted ? stall / 1000 : 0),
    };
  }

  async #open() {
    const state = this.#state;
    const opening = ++this.#opening;
    const only = hear => told => {
      if (opening === this.#opening) {
        hear(told);
      }
    };
    try {
      const player = await players[state.player].open({
        video: this.#video,
        url: this.url,
        sessionId: state.sessionId,
        contentId: state.asset.split('?')[0],
        onSession: session => this.#reports.opened(session),
        onExchange: only(exchange => this.#count(exchange)),
        onFatal: only(words => this.#gaveUp(words)),
        onTrouble: only(words => { state.trouble = words; }),
      });
      if (opening !== this.#opening) {
        await player.close();
        return;
      }
      this.#player = player;
    } catch (error) {
      only(words => this.#fail(words))({
        headline: `${players[state.player].name} did not start`, detail: String(error?.message ?? error),
        advice: 'Reload the page. If it stays, choose another player.', code: '', status: 0,
      });
    }
  }

  /** Lets go of the player; one that is still being opened is closed as soon as it is there. Ends when nothing of them holds the element any more. */
  #shut() {
    this.#opening += 1;
    const player = this.#player;
    this.#player = null;
    this.#shutting = this.#shutting.then(async () => {
      // Not from within the library's own call that led here: it would go on in ruins.
      await new Promise(over => { setTimeout(over, 0); });
      try {
        await player?.close();
      } catch {
        // Nothing listens to it any more, closed or not.
      }
    });
    return this.#shutting;
  }

  /** The player says that it will not go on. Before the first frame, and after faults that may pass by themselves, the page decides whether to try again. */
  #gaveUp(words) {
    if (this.#state.startupSeconds === null && this.#budget.isTouched()) {
      this.#beginAgain(words);
    } else {
      this.#fail(words);
    }
  }

  /** The tries of a start-up are used up: from the beginning once more, or the end, and then nothing more is asked of the gateway. */
  async #beginAgain(words) {
    const wait = this.#budget.reset();
    if (Number.isNaN(wait)) {
      this.#reports.add(this.#budget.exhausted());
      this.#fail(words);
      return;
    }
    this.#state.trouble = words;
    await this.#shut();
    const opening = this.#opening;
    await new Promise(over => { setTimeout(over, wait); });
    if (opening === this.#opening && this.#state.fatalError === null) {
      await this.#open();
      this.#video.play().catch(() => {});
    }
  }

  #phase(stall) {
    const state = this.#state;
    if (state.fatalError !== null) {
      return 'failed';
    }
    if (state.ended) {
      return 'ended';
    }
    if (state.startupSeconds === null) {
      return 'loading';
    }
    if (this.#video.paused) {
      return 'paused';
    }
    return stall > shortestStallMs ? 'rebuffering' : 'playing';
  }

  #moving() {
    const video = this.#video;
    if (this.#state.startupSeconds === null && !video.paused && video.readyState >= HTMLMediaElement.HAVE_FUTURE_DATA) {
      const now = performance.now();
      this.#state.startupSeconds = (now - this.#startedAt) / 1000;
      this.#state.firstPosition = video.currentTime;
      this.#state.trouble = null;
      this.#blocked = null;
      this.#timeline.tell('audible', now);
    }
    // A timeupdate that stands still is no movement: browsers send one when the wait begins.
    if (this.#stalledAt !== null && video.currentTime !== this.#stalledPosition) {
      this.#resume();
      this.#state.trouble = null;
      this.#blocked = null;
    }
  }

  #stalled() {
    const video = this.#video;
    if (this.#state.startupSeconds !== null && this.#stalledAt === null && !video.seeking && !video.paused && !video.ended) {
      this.#stalledAt = performance.now();
      this.#stalledPosition = video.currentTime;
      this.#stallTold = false;
      this.#longStallTold = false;
    }
  }

  #resume(outcome = 'recovered') {
    const stall = this.#stallMs();
    if (stall > shortestStallMs) {
      this.#tellStall(stall);
      this.#state.rebuffers += 1;
      this.#state.rebufferSeconds += stall / 1000;
      this.#reports.add({ event: 'player.rebuffer_recovered', outcome, durationMs: Math.round(stall), positionSec: this.#video.currentTime, ...this.#who() });
    }
    this.#stalledAt = null;
  }

  /** Told while it lasts and not when it is over: a viewer may leave before that, and the gateway believes the page from then on. */
  #tellStall(stall) {
    if (stall > shortestStallMs && !this.#stallTold) {
      this.#stallTold = true;
      this.#reports.add({ event: 'player.rebuffer', positionSec: this.#stalledPosition, ...(this.#lastSource && { source: this.#lastSource }), ...this.#who() });
    }
    const isCold = this.#stalledAt - this.#startedAt - this.#state.startupSeconds * 1000 < coldMs;
    if (stall > (isCold ? longStallMs.cold : longStallMs.warm) && !this.#longStallTold) {
      this.#longStallTold = true;
      this.#reports.add({ event: 'player.rebuffer_timeout', durationMs: Math.round(stall), positionSec: this.#stalledPosition, ...this.#who() });
    }
  }

  /** The viewer goes: what was under way ends here, and is told before the page is gone. */
  #leave() {
    if (!this.#closed && this.#state.fatalError === null) {
      this.#resume('left');
      this.#timeline?.tell('unexpected_stop');
    }
  }

  #who() {
    return { engine: formatOf(this.#state.asset) === 'file' ? 'direct' : 'segmented', player: this.#state.player };
  }

  #stallMs() {
    return this.#stalledAt === null ? 0 : performance.now() - this.#stalledAt;
  }

  #count(exchange) {
    const state = this.#state;
    this.#timeline.saw(exchange);
    state.requests += 1;
    state.bytes += exchange.bytes;
    if (exchange.kind === 'segment' && exchange.problem === undefined) {
      const source = exchange.source !== null && Object.hasOwn(state.sources, exchange.source) ? exchange.source : 'unknown';
      state.sources[source] += 1;
      this.#lastSource = source === 'unknown' ? null : source;
    }
    this.#onExchange(exchange);
    if (state.startupSeconds === null && state.fatalError === null && this.#budget.spends(exchange)) {
      this.#beginAgain(explain(exchange.problem));
    }
  }

  #fail(words) {
    if (this.#state.fatalError === null && !this.#closed) {
      this.#resume('failed');
      this.#timeline?.tell('playback_error');
      this.#state.fatalError = words.status === 0 ? this.#blocked ?? words : words;
      this.#video.pause();
      // A still frame stays visible; an element without one would show its waiting animation for ever.
      if (this.#state.startupSeconds === null) {
        this.#shut();
      }
    }
  }
}

function bufferAhead(video) {
  const { buffered, currentTime } = video;
  for (let index = 0; index < buffered.length; index++) {
    // Ranges may begin a frame after the position: encoders rarely start at zero exactly.
    if (buffered.start(index) <= currentTime + 0.1 && currentTime <= buffered.end(index)) {
      return buffered.end(index) - currentTime;
    }
  }
  return 0;
}

/** The video's size comes from the element; the bitrate belongs to the rendition of that size, the one being fetched if there are several. */
function onScreen(video, player) {
  const selected = player.selected();
  const { videoWidth: width, videoHeight: height } = video;
  if (width === 0) {
    return selected;
  }
  if (selected?.height === height) {
    return selected;
  }
  return player.renditions().find(candidate => candidate.height === height)
    ?? { id: '', width, height, bitsPerSecond: 0 };
}

/** A UUID for CMCD `sid`. `crypto.randomUUID` exists on secure origins only, and a gateway in a test network rarely is one. */
function newSessionId() {
  const bytes = crypto.getRandomValues(new Uint8Array(16));
  bytes[6] = (bytes[6] & 0x0f) | 0x40;
  bytes[8] = (bytes[8] & 0x3f) | 0x80;
  const hex = Array.from(bytes, byte => byte.toString(16).padStart(2, '0')).join('');
  return [hex.slice(0, 8), hex.slice(8, 12), hex.slice(12, 16), hex.slice(16, 20), hex.slice(20)].join('-');
}
