import { formatOf } from './catalogue.js';
import { MediaElement } from './media-element.js';
import { Opening } from './opening.js';
import { players } from './players/index.js';
import { Recovery } from './recovery.js';
import { Reports } from './reports.js';
import { createSession } from './session/creation.js';
import { StartBuffer, usual } from './start-buffer.js';
import { StartupTimeline } from './startup-timeline.js';
import { StartupBudget } from './startup.js';
import { count, idleState, measure, newSessionId, phaseOf } from './state.js';

/** A start-up that takes longer is reported as failed and begun once more, where the gateway names no other limit; playback may still begin. */
const startupLimitMs = 20_000;

/** After a difficulty that the player reported without giving up, a stall of this length is a failure. Not in a broadcast: whoever sends it may be back. */
const hopelessStallMs = 20_000;

/**
 * One play of one asset by one player: what is asked again, begun again, waited for, and given up. Whether it moves is judged at the element (media-element.js); what a library says of itself is taken
 * only for what it alone knows (state.js); in which session it plays is the continuity's (session/continuity.js), where the title is opened by the gateway's control plane.
 *
 * @typedef {object} Choice
 * @property {string} player
 * @property {string} asset
 * @property {string} url the title's own address, where the gateway opens a session, or finds the viewer's own again
 * @property {string} [profile]
 * @property {number} [startupTimeoutMs]
 * @property {{segments: number, seconds: number}} [least] what is there before playback begins
 * @property {number | null} [startAt] seconds; null for the player's own choice
 * @property {(correlation: string) => Promise<{player: string, asset: string, continuity: import('./session/continuity.js').Continuity} | null>} [open] opens a session by the control plane;
 *   null where that cannot play the asset, and its own address does
 */
export class Playback {
  #video;
  #state = idleState();
  #opening = new Opening();
  #element = null;
  #isClosed = false;
  #listening = new AbortController();
  #startedAt = 0;
  #told;
  #reports;
  #timeline;
  #budget;
  #blocked = null;
  #recovery;
  #continuity = null;
  #startBuffer;
  // By the gateway's order: how libraries start and retry, and how long a start may take.
  #isBalanced;
  #startupLimitMs;
  // Where the player begins when it is opened; null for its own choice.
  #startAt;
  #open;

  /**
   * @param {HTMLVideoElement} video
   * @param {Choice} choice
   * @param {{exchange: (exchange: import('./players/index.js').Exchange) => void, event: (event: {kind: string}) => void}} told each finished request, and what happens
   */
  constructor(video, choice, told) {
    this.#video = video;
    this.#told = told;
    Object.assign(this.#state, { phase: 'loading', player: choice.player, asset: choice.asset, sessionId: newSessionId() });
    this.url = choice.url;
    this.#isBalanced = choice.profile !== 'legacy';
    this.#startupLimitMs = choice.startupTimeoutMs ?? startupLimitMs;
    this.#startAt = choice.startAt ?? null;
    this.#startBuffer = new StartBuffer(choice.least ?? usual);
    this.#open = choice.open;
    this.#reports = new Reports(this.#state.sessionId, new URL(choice.url).searchParams.get('access_token'));
  }

  /** The player that is open, for what a viewer chooses of it: renditions, tracks, the live edge. Null before, between and after. */
  get player() {
    return this.#opening.player;
  }

  get continuity() {
    return this.#continuity;
  }

  /** Whether it has begun, or there is enough media for it. */
  get mayPlay() {
    if (this.player === null || this.#element.hasStarted) {
      return this.player !== null;
    }
    // A line that does not carry so much in all this time plays what it has.
    const isOverdue = performance.now() - this.#startedAt > 2 * this.#startupLimitMs;
    return this.#startBuffer.isEnough(this.#video, this.player) || (isOverdue && this.#video.readyState >= HTMLMediaElement.HAVE_FUTURE_DATA);
  }

  /** Opens the player and starts playback. Failures end up in the state, never as an exception. */
  async start() {
    const { signal } = this.#listening;
    this.#startedAt = performance.now();
    this.#budget = new StartupBudget(this.#startedAt);
    this.#timeline = new StartupTimeline(this.#reports, () => this.#who(), this.#startedAt, this.#budget);
    window.addEventListener('pagehide', event => this.#hide(event.persisted), { signal });
    this.#element = new MediaElement(this.#video, this.#reports, () => this.#who(), this.#startedAt, {
      first: now => this.#began(now),
      again: seconds => this.#resumed(seconds),
      isOver: () => this.#isOver(),
      mayStart: () => this.mayPlay,
      muted: () => this.#told.event({ kind: 'muted' }),
    }, signal);
    this.#recovery = this.#recoveryOf();
    if (this.#open === undefined || await this.#openSession()) {
      await this.#openPlayer();
    }
  }

  /** The viewer wants it to play. */
  play() {
    this.#element?.play();
  }

  /** The viewer plays or pauses. */
  toggle() {
    this.#element?.toggle();
  }

  async close() {
    this.#leave();
    this.#isClosed = true;
    this.#listening.abort();
    this.#continuity?.stop();
    await this.#opening.shut();
    // Not awaited: what was told goes out before its session ends, and nobody waits for either.
    this.#reports.settled().then(() => this.#continuity?.close());
  }

  /**
   * The page's content security policy has kept something from an address. Players do without a clock or a steering server, so it is no failure by itself: these words are the
   * reason when playback does not begin, or does not go on, for want of a response.
   */
  blocked(words) {
    this.#blocked ??= words;
  }

  /** @returns {import('./state.js').PlayerState} */
  read() {
    const state = this.#state;
    const element = this.#element;
    measure(state, this.#video, this.#opening.player);
    const now = performance.now();
    if (element?.look(now)) {
      state.trouble ??= {
        headline: 'The media is there and does not move', detail: `${players[state.player].name} has loaded it, and the browser does not play it.`,
        advice: 'Press Play, or choose another player.', code: '', status: 0,
      };
    }
    if (element?.isStarting && now - this.#startedAt > this.#startupLimitMs) {
      this.#timeline?.tell('startup_timeout');
      this.#recovery.late();
    }
    if (state.trouble !== null && !state.live && element?.stalls.milliseconds > hopelessStallMs) {
      this.#recovery.gaveUp(state.trouble);
    }
    state.ended = element?.hasEnded ?? false;
    state.phase = phaseOf(state, this.#video, element);
    state.rebuffers = element?.stalls.count ?? 0;
    state.rebufferSeconds = element?.stalls.seconds ?? 0;
    state.gatewaySession = this.#continuity?.session.id ?? this.#reports.session;
    return { ...state, sources: { ...state.sources } };
  }

  async #openSession() {
    const opened = await createSession(this.#open, this.#budget, {
      correlation: this.#state.sessionId,
      isOver: () => this.#isOver(),
      waits: (words, exchange) => {
        this.#state.trouble = words;
        this.#count(exchange);
      },
    });
    if (this.#isOver()) {
      opened?.continuity?.close();
      return false;
    }
    if (opened?.words !== undefined) {
      if (opened.isExhausted) {
        this.#reports.add(this.#budget.exhausted());
      }
      this.#fail(opened.words);
      return false;
    }
    if (opened !== null) {
      this.#continuity = opened.continuity;
      this.#continuity.onSession = session => this.#reports.opened(session.id, session.ticket);
      Object.assign(this.#state, { player: opened.player, asset: opened.asset, trouble: null });
      this.#timeline.created();
      this.#continuity.onSession(opened.continuity.session);
      this.#continuity.start();
    }
    return true;
  }

  #openPlayer() {
    const state = this.#state;
    this.#startBuffer.forget();
    return this.#opening.open(state.player, {
      video: this.#video,
      url: this.#continuity?.url ?? this.url,
      addressOf: url => this.#continuity?.address(url) ?? url,
      sessionId: state.sessionId,
      startAt: this.#startAt,
      isBalanced: this.#isBalanced,
      leastSec: this.#startBuffer.seconds,
      contentId: state.asset.split('?')[0],
      onSession: session => this.#reports.opened(session),
      onExchange: exchange => this.#count(exchange),
      onSegment: (start, end) => {
        this.#startBuffer.add(start, end);
        this.#element.start();
      },
      onFatal: words => this.#recovery.gaveUp(words),
      onTrouble: words => { state.trouble = words; },
    }, words => this.#fail(words));
  }

  #recoveryOf() {
    return new Recovery({
      video: this.#video,
      state: this.#state,
      opening: this.#opening,
      budget: this.#budget,
      reports: this.#reports,
      continuity: () => this.#continuity,
      url: () => this.#continuity?.url ?? this.url,
      isOver: () => this.#isOver(),
      isBlocked: () => this.#blocked !== null,
      open: (startAt = this.#startAt) => {
        this.#startAt = startAt;
        return this.#openPlayer();
      },
      reopening: () => this.#element.reopen(),
      push: () => this.#element.push(),
      fail: words => this.#fail(words),
      tell: event => this.#told.event(event),
    });
  }

  /** The first frame or sound. */
  #began(now) {
    this.#state.startupSeconds = this.#element.startupSeconds;
    this.#state.firstPosition = this.#video.currentTime;
    this.#forget();
    this.#timeline.tell('audible', now, this.#video.videoHeight);
    this.#told.event({ kind: 'began', seconds: this.#state.startupSeconds });
  }

  /** It moves: what was in its way is past. */
  #resumed(seconds) {
    this.#forget();
    this.#told.event({ kind: 'resumed', seconds, source: this.#element.source });
  }

  #forget() {
    this.#state.trouble = null;
    this.#blocked = null;
  }

  #isOver() {
    return this.#isClosed || this.#state.fatalError !== null;
  }

  /** The page goes away, and its session with it, unless something is still to be told of it or the browser keeps the page. */
  #hide(isKept) {
    this.#reports.hurry();
    this.#leave();
    if (!isKept && this.#reports.isSettled) {
      this.#continuity?.close();
    }
  }

  /** The viewer goes: what was under way ends here, and is told before the page is gone. */
  #leave() {
    if (!this.#isOver()) {
      this.#element?.resume('left');
      this.#timeline?.tell('unexpected_stop');
    }
  }

  #who() {
    return { engine: formatOf(this.#state.asset) === 'file' ? 'direct' : 'segmented', player: this.#state.player };
  }

  #count(exchange) {
    const state = this.#state;
    this.#timeline.saw(exchange);
    const source = count(state, exchange);
    if (source !== undefined) {
      this.#element.source = source;
    }
    this.#told.exchange(exchange);
    if (state.fatalError === null && exchange.problem !== undefined && exchange.kind !== 'session') {
      this.#recovery.failed(exchange, this.#timeline.hasManifest);
    }
  }

  #fail(words) {
    if (!this.#isOver()) {
      this.#element.resume('failed');
      this.#timeline?.tell('playback_error');
      this.#state.fatalError = words.status === 0 ? this.#blocked ?? words : words;
      this.#video.pause();
      this.#continuity?.stop();
      this.#told.event({ kind: 'failed', detail: words.headline });
      // A still frame stays visible; an element without one would show its waiting animation for ever.
      if (this.#state.startupSeconds === null) {
        this.#opening.shut();
      }
    }
  }
}
