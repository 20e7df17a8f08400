import { Group } from './group.js';
import { Playback } from './playback.js';
import { bufferAhead, idleState } from './state.js';
import { NextTitle } from './session/next-title.js';
import { TitleOpening } from './session/title-opening.js';

/** The queue's next title is opened when so much is left of the present one. */
const prewarmSec = 30;

/** Previous leads to the beginning of a title that has played for longer. */
const restartSec = 5;

/**
 * Plays the queue: one title after the other, by what the viewer has chosen and the gateway recommends. The last act of the viewer wins: whatever of an earlier one is still under way ends.
 *
 * @typedef {object} Page what it plays for
 * @property {import('./choice.js').Choice} choice
 * @property {import('./queue/queue.js').Queue} queue
 * @property {import('./engine-advice.js').EngineAdvice} advice
 * @property {() => string | null} group name of shared listening
 * @property {(event: {kind: string}) => void} tell
 * @property {(exchange: import('./players/index.js').Exchange) => void} exchange
 * @property {() => void} changed another title plays, or none
 */
export class Playout {
  #video;
  #page;
  #opening;
  #next = new NextTitle(name => this.#opening.ahead(name));
  #playback = null;
  #group = null;
  #turns = 0;
  #stableSince = performance.now();

  /** @param {HTMLVideoElement} video @param {Page} page */
  constructor(video, page) {
    this.#video = video;
    this.#page = page;
    this.#opening = new TitleOpening(page, () => this.#look());
    video.addEventListener('ended', () => this.#ended());
  }

  get playback() {
    return this.#playback;
  }

  /** The name whose session is being opened ahead, or is open; null without one. */
  get prepared() {
    return this.#next;
  }

  /** Plays what the form shows. @param {number | null} startAt seconds */
  async play(startAt = null) {
    const { choice, queue } = this.#page;
    const turn = ++this.#turns;
    await this.#ask(turn);
    const name = turn === this.#turns ? choice.name : null;
    if (name !== null) {
      queue.play(name);
      this.#video.muted = choice.isMuted;
      const ahead = this.#next.take(name);
      await this.#start(turn, name, { ready: ahead, how: ahead === null ? '' : 'ahead', startAt });
    }
  }

  /** Plays a title of the queue: with the session that was opened ahead, else one that the present session is handed off to. */
  async goTo(name) {
    if (name === null) {
      return;
    }
    const { choice, queue } = this.#page;
    const turn = ++this.#turns;
    // What was opened ahead has followed the gateway then, and waits for nothing.
    const isAhead = this.#next.name === name && this.#next.isReady;
    if (!isAhead) {
      await this.#ask(turn);
    }
    if (turn !== this.#turns) {
      return;
    }
    choice.show(name);
    if (choice.name !== name) {
      // An address may have brought what no asset is called.
      queue.forget(name);
      return;
    }
    queue.play(name);
    const ahead = this.#next.take(name);
    const ready = ahead ?? await this.#opening.handOff(this.#playback?.continuity?.session);
    if (turn !== this.#turns) {
      ready?.end();
      return;
    }
    await this.#start(turn, name, { ready, how: ready === null ? '' : ahead === null ? 'handoff' : 'ahead', startAt: null });
  }

  next() {
    return this.goTo(this.#page.queue.next);
  }

  /** The beginning of what plays; at its beginning, the title before. */
  previous() {
    const { queue } = this.#page;
    if (queue.previous === null || (this.#playback?.read().live === false && this.#video.currentTime > restartSec)) {
      this.#video.currentTime = 0;
      return Promise.resolve();
    }
    return this.goTo(queue.previous);
  }

  /** The same title from where it stopped. */
  retry() {
    const { position, live } = this.#playback?.read() ?? idleState();
    return this.play(live ? null : position);
  }

  async stop() {
    this.#turns++;
    this.#next.drop();
    await this.#close();
  }

  /** Some times a second. @returns {import('./state.js').PlayerState} */
  tick() {
    const state = this.#playback?.read() ?? idleState();
    if (state.phase !== 'playing' && state.phase !== 'paused') {
      this.#stableSince = performance.now();
    }
    this.#lookAhead(state);
    return state;
  }

  /** Each start follows what the gateway says now; what plays keeps what it has. */
  async #ask(turn) {
    const { advice, choice } = this.#page;
    await advice.refresh(choice.token);
    if (turn === this.#turns) {
      advice.use();
      choice.follow();
    }
  }

  async #start(turn, name, { ready, how, startAt }) {
    const { choice, advice, tell, changed } = this.#page;
    await this.#close();
    if (turn !== this.#turns || !await choice.isPlayable() || turn !== this.#turns) {
      ready?.end();
      return;
    }
    const joined = await this.#join();
    if (turn !== this.#turns) {
      joined?.close();
      ready?.end();
      return;
    }
    this.#group = joined;
    if (joined !== null) {
      ready?.end();
    }
    const own = { player: choice.player, asset: choice.asset, url: choice.url, startAt, open: joined === null ? this.#opening.by(ready, startAt) : undefined };
    const { answer } = advice;
    const playback = new Playback(this.#video, { ...(joined?.choice ?? own), profile: answer?.profile, startupTimeoutMs: answer?.startupTimeoutMs, least: leastOf(answer) }, { exchange: this.#page.exchange, event: tell });
    this.#playback = playback;
    joined?.startsWith(() => playback.mayPlay);
    tell({ kind: 'title', detail: name, how });
    changed();
    await playback.start();
  }

  #lookAhead(state) {
    const { queue, advice, choice } = this.#page;
    const { following } = queue;
    const isNear = state.duration !== null && state.duration - state.position < prewarmSec && ['playing', 'paused', 'rebuffering'].includes(state.phase);
    if (following === null || following === queue.current || this.#group !== null || advice.answer?.prewarmEnabled === false) {
      this.#next.drop();
    } else if (this.#next.name !== null && this.#next.name !== following) {
      // The viewer has changed what comes next.
      this.#next.drop();
    } else if (isNear && this.#next.name === null && choice.titles.length > 0) {
      this.#next.prepare(following);
    }
  }

  async #ended() {
    const { queue } = this.#page;
    const { following } = queue;
    if (this.#playback === null || this.#group !== null || following === null) {
      return;
    }
    if (following === queue.current) {
      this.#video.currentTime = 0;
      await this.#video.play().catch(() => {});
    } else {
      await this.goTo(following);
    }
  }

  /** A session of the group that the address names, and where to play it; null without a group. The gateway chooses the engine. */
  async #join() {
    const { choice, group, tell } = this.#page;
    if (!group() || choice.title === undefined) {
      return null;
    }
    try {
      return await Group.join(this.#video, group(), choice.title, choice.token);
    } catch (error) {
      tell({ kind: 'group_refused', detail: error.message });
      return null;
    }
  }

  async #close() {
    this.#group?.close();
    this.#group = null;
    const old = this.#playback;
    this.#playback = null;
    await old?.close();
    this.#page.changed();
  }

  /** What heartbeats tell. A live timeline may count from 1970; what has been watched is told of it. */
  #look() {
    const video = this.#video;
    const { live, firstPosition } = this.#playback?.read() ?? idleState();
    const positionSec = Math.max(0, video.currentTime - (live ? firstPosition : 0));
    return { positionSec, isPlaying: !video.paused && !video.ended, bufferedUntilSec: positionSec + bufferAhead(video), stableMs: performance.now() - this.#stableSince };
  }
}

/** What is to be there before playback begins; undefined where the gateway has not told. */
function leastOf(answer) {
  return answer?.minBeforePlayMs > 0 ? { segments: answer.minSegmentsBeforePlay, seconds: answer.minBeforePlayMs / 1000 } : undefined;
}
