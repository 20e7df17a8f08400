import { formatOf } from './catalogue.js';
import { Interruption } from './interruption.js';
import { Opening } from './opening.js';
import { MediaElement } from './media-element.js';
import { players } from './players/index.js';
import { explain, isLostSession } from './problem.js';
import { Reports, StartupTimeline } from './reports.js';
import { StartupBudget } from './startup.js';
import { idleState, measure, newSessionId } from './state.js';

/** A start-up that takes longer is reported as failed and begun once more, where the gateway names no other limit; playback may still begin. */
const startupLimitMs = 20_000;

/** After a difficulty that the player reported without giving up, a stall of this length is a failure. Not in a broadcast: whoever sends it may be back. */
const hopelessStallMs = 20_000;

/**
 * One play of one asset by one player: what is asked again, begun again, waited for, and given up. Whether it moves is judged at the element (media-element.js); what a
 * library says of itself is taken only for what it alone knows (state.js).
 */
export class Playback {
  #video;
  #state = idleState();
  #opening = new Opening();
  #element = null;
  #isClosed = false;
  #listening = new AbortController();
  #startedAt = 0;
  #onExchange;
  #reports;
  #timeline;
  #budget;
  #blocked = null;
  #interruption;
  // By the gateway's order: how libraries start and retry, and how long a start may take.
  #isBalanced;
  #startupLimitMs;
  // Where a player that is opened again begins; null for its own choice.
  #startAt = null;

  /**
   * @param {HTMLVideoElement} video
   * @param {{player: string, asset: string, url: string, profile?: string, startupTimeoutMs?: number}} choice
   * @param {(exchange: import('./players/index.js').Exchange) => void} onExchange called for each finished request
   */
  constructor(video, choice, onExchange) {
    this.#video = video;
    this.#onExchange = onExchange;
    Object.assign(this.#state, { phase: 'loading', player: choice.player, asset: choice.asset, sessionId: newSessionId() });
    this.url = choice.url;
    this.#isBalanced = choice.profile !== 'legacy';
    this.#startupLimitMs = choice.startupTimeoutMs ?? startupLimitMs;
    this.#interruption = new Interruption(choice.url);
    this.#reports = new Reports(this.#state.sessionId, new URL(choice.url).searchParams.get('access_token'));
  }

  /** Opens the player and starts playback. Failures end up in the state, never as an exception. */
  async start() {
    const { signal } = this.#listening;
    this.#startedAt = performance.now();
    this.#budget = new StartupBudget(this.#startedAt);
    this.#timeline = new StartupTimeline(this.#reports, this.#who(), this.#startedAt, this.#budget);
    window.addEventListener('pagehide', () => {
      this.#reports.hurry();
      this.#leave();
    }, { signal });
    this.#element = new MediaElement(this.#video, this.#reports, () => this.#who(), this.#startedAt, {
      first: now => this.#began(now),
      again: () => this.#forget(),
      isOver: () => this.#isOver(),
    }, signal);
    await this.#open();
  }

  async close() {
    this.#leave();
    this.#isClosed = true;
    this.#listening.abort();
    await this.#opening.shut();
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
        advice: 'Press the video’s own play button, or choose another player.', code: '', status: 0,
      };
    }
    if (state.startupSeconds === null && !this.#video.paused && now - this.#startedAt > this.#startupLimitMs) {
      this.#timeline?.tell('startup_timeout');
      this.#beginLate();
    }
    if (state.trouble !== null && !state.live && element?.stalls.milliseconds > hopelessStallMs) {
      this.#breakOff(state.trouble);
    }
    state.ended = element?.hasEnded ?? false;
    state.phase = this.#phase();
    state.rebuffers = element?.stalls.count ?? 0;
    state.rebufferSeconds = element?.stalls.seconds ?? 0;
    return { ...state, sources: { ...state.sources } };
  }

  #open() {
    const state = this.#state;
    return this.#opening.open(state.player, {
      video: this.#video,
      url: this.url,
      sessionId: state.sessionId,
      startAt: this.#startAt,
      isBalanced: this.#isBalanced,
      contentId: state.asset.split('?')[0],
      onSession: session => this.#reports.opened(session),
      onExchange: exchange => this.#count(exchange),
      onFatal: words => this.#gaveUp(words),
      onTrouble: words => { state.trouble = words; },
    }, words => this.#fail(words));
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
    const isPast = this.#opening.watch();
    const isOver = () => this.#isOver() || isPast();
    if (!await this.#interruption.wait(isOver)) {
      if (!isOver()) {
        this.#fail(words);
      }
      return;
    }
    this.#startAt = state.live ? null : this.#video.currentTime;
    this.#element.reopen();
    await this.#opening.shut();
    if (!this.#isOver()) {
      await this.#open();
      this.#element.push();
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
    await this.#beginAfter(wait);
  }

  /** Not audible in time: from the beginning once more, unless that was tried already. */
  async #beginLate() {
    const wait = this.#isOver() || this.#opening.player === null ? NaN : this.#budget.resetLate();
    if (!Number.isNaN(wait)) {
      await this.#beginAfter(wait);
    }
  }

  async #beginAfter(wait) {
    await this.#opening.shut();
    const isPast = this.#opening.watch();
    await new Promise(over => { setTimeout(over, wait); });
    if (!isPast() && this.#state.fatalError === null) {
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
    return this.#element.stalls.isSeen ? 'rebuffering' : 'playing';
  }

  /** The first frame or sound. */
  #began(now) {
    this.#state.startupSeconds = this.#element.startupSeconds;
    this.#state.firstPosition = this.#video.currentTime;
    this.#forget();
    this.#timeline.tell('audible', now, this.#video.videoHeight);
  }

  /** It moves: what was in its way is past. */
  #forget() {
    this.#state.trouble = null;
    this.#blocked = null;
  }

  #isOver() {
    return this.#isClosed || this.#state.fatalError !== null;
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
    state.requests += 1;
    state.bytes += exchange.bytes;
    if (exchange.kind === 'segment' && exchange.problem === undefined) {
      const source = exchange.source !== null && Object.hasOwn(state.sources, exchange.source) ? exchange.source : 'unknown';
      state.sources[source] += 1;
      this.#element.source = source === 'unknown' ? null : source;
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
    if (!this.#isOver()) {
      this.#element.resume('failed');
      this.#timeline?.tell('playback_error');
      this.#state.fatalError = words.status === 0 ? this.#blocked ?? words : words;
      this.#video.pause();
      // A still frame stays visible; an element without one would show its waiting animation for ever.
      if (this.#state.startupSeconds === null) {
        this.#opening.shut();
      }
    }
  }
}
