import { formatOf } from './catalogue.js';
import { Interruption } from './interruption.js';
import { Movement, idleMs } from './movement.js';
import { players } from './players/index.js';
import { explain, isLostSession } from './problem.js';
import { Reports, StartupTimeline } from './reports.js';
import { Stalls } from './stalls.js';
import { StartupBudget } from './startup.js';

/** A start-up that takes longer is reported as failed; playback may still begin. */
const startupLimitMs = 15_000;

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
  #stalls;
  #lastSource = null;
  #onExchange;
  #reports;
  #timeline;
  #budget;
  // Which opening of the player is the present one: what an earlier one still says is not listened to.
  #opening = 0;
  #blocked = null;
  #shutting = Promise.resolve();
  #interruption;
  #movement = new Movement();
  // Whether the viewer wants it to move: what a library or a new source does to the element is no wish of theirs.
  #isWanted = true;
  // Where a player that is opened again begins; null for its own choice.
  #startAt = null;
  // From the end of the old player to the first new frame: what the element says meanwhile is about neither.
  #isReopening = false;

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
    this.#interruption = new Interruption(choice.url);
    this.#reports = new Reports(this.#state.sessionId, new URL(choice.url).searchParams.get('access_token'));
    this.#stalls = new Stalls(this.#reports, () => this.#who());
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
    video.addEventListener('ended', () => { this.#stalls.drop(); state.ended = true; }, { signal });
    video.addEventListener('play', () => { state.ended = false; this.#isWanted = true; }, { signal });
    video.addEventListener('pause', () => this.#paused(), { signal });
    video.addEventListener('seeking', () => this.#sought(), { signal });
    video.addEventListener('canplay', () => this.#push(), { signal });

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

    const now = performance.now();
    if (this.#movement.stands(video, now)) {
      this.#stalled();
    }
    this.#stalls.tell(this.#lastSource, this.#movingSince());
    this.#watchIdle(now);
    if (state.startupSeconds === null && !video.paused && performance.now() - this.#startedAt > startupLimitMs) {
      this.#timeline?.tell('startup_timeout');
    }
    if (state.trouble !== null && this.#stalls.milliseconds > hopelessStallMs) {
      this.#breakOff(state.trouble);
    }
    state.phase = this.#phase();
    state.rebuffers = this.#stalls.count;
    state.rebufferSeconds = this.#stalls.seconds;
    return { ...state, sources: { ...state.sources } };
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
        startAt: this.#startAt,
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
      this.#breakOff(words);
    }
  }

  /** What was playing does not go on: once the gateway answers again it does, where it stood, or at the edge of what is live. */
  async #breakOff(words) {
    const state = this.#state;
    if (this.#interruption.isRunning) {
      return;
    }
    if (state.startupSeconds === null || words.passes !== true || this.#blocked !== null || !this.#interruption.hasPatience) {
      this.#fail(words);
      return;
    }
    state.trouble = { ...words, advice: 'Playback goes on by itself as soon as the gateway answers again.' };
    const opening = this.#opening;
    const isOver = () => this.#closed || opening !== this.#opening || state.fatalError !== null;
    if (!await this.#interruption.wait(isOver)) {
      if (!isOver()) {
        this.#fail(words);
      }
      return;
    }
    // From here to the first new frame the picture stands, however much the old player had left.
    this.#startAt = state.live ? null : this.#video.currentTime;
    if (this.#isWanted) {
      this.#stalls.begin(this.#video.currentTime);
    }
    this.#isReopening = true;
    await this.#shut();
    if (!this.#closed && state.fatalError === null) {
      await this.#open();
      this.#push();
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

  #phase() {
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
    return this.#stalls.isSeen ? 'rebuffering' : 'playing';
  }

  #moving() {
    const video = this.#video;
    if (this.#state.startupSeconds === null && !video.paused && video.readyState >= HTMLMediaElement.HAVE_FUTURE_DATA) {
      const now = performance.now();
      this.#state.startupSeconds = (now - this.#startedAt) / 1000;
      this.#state.firstPosition = video.currentTime;
      this.#state.trouble = null;
      this.#blocked = null;
      this.#timeline.tell('audible', now, video.videoHeight);
    }
    if (this.#isReopening) {
      if (!video.paused && !video.seeking && video.readyState >= HTMLMediaElement.HAVE_FUTURE_DATA) {
        this.#isReopening = false;
        this.#stalls.moveTo(video.currentTime);
      }
      return;
    }
    // A timeupdate that stands still is no movement: browsers send one when the wait begins.
    if (this.#stalls.isRunning && video.currentTime !== this.#stalls.position) {
      this.#resume();
      this.#state.trouble = null;
      this.#blocked = null;
    }
  }

  /** Browsers refuse sound without a click; then it stays with the viewer. */
  #push() {
    if (this.#isWanted && !this.#closed && this.#video.paused && this.#state.fatalError === null && !this.#state.ended) {
      this.#video.play().catch(() => {});
    }
  }

  #paused() {
    // At the end the element pauses by itself, and so it does for a player that is being opened again.
    if (!this.#isReopening && !this.#video.ended) {
      this.#isWanted = false;
      this.#resume('paused');
    }
  }

  #sought() {
    if (!this.#isReopening) {
      this.#resume('seek');
    }
  }

  /** There is media, playing is wanted, and nothing moves: a library let an attempt pass by, or the element refuses. */
  #watchIdle(now) {
    const video = this.#video;
    const isReady = this.#state.startupSeconds === null && this.#isWanted && video.readyState >= HTMLMediaElement.HAVE_FUTURE_DATA && this.#state.fatalError === null;
    const idle = this.#movement.idle(isReady, now);
    if (idle > idleMs) {
      this.#push();
    }
    if (idle > 2 * idleMs) {
      this.#state.trouble ??= {
        headline: 'The media is there and does not move', detail: `${players[this.#state.player].name} has loaded it, and the browser does not play it.`,
        advice: 'Press the picture’s own play button, or choose another player.', code: '', status: 0,
      };
    }
  }

  #stalled() {
    const video = this.#video;
    if (this.#state.startupSeconds !== null && !video.seeking && !video.paused && !video.ended) {
      this.#stalls.begin(video.currentTime);
    }
  }

  #resume(outcome = 'recovered') {
    this.#stalls.end(outcome, this.#video.currentTime, this.#lastSource, this.#movingSince());
  }

  /** When the first frame moved. */
  #movingSince() {
    return this.#startedAt + this.#state.startupSeconds * 1000;
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
    if (state.fatalError !== null || exchange.problem === undefined) {
      return;
    }
    if (state.startupSeconds === null) {
      if (this.#budget.spends(exchange)) {
        this.#beginAgain(explain(exchange.problem));
      }
    } else if (isLostSession(exchange.problem)) {
      // Some libraries ask with the lost session's address for ever.
      this.#breakOff(explain(exchange.problem));
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
