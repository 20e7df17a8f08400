/**
 * A shared-listening group: the leader's page tells its position and state with heartbeats, the others follow what the gateway tells them by server-sent events.
 *
 * What the local viewer does wins here: a pause of one's own holds until one presses play again, whatever the group does meanwhile, and no disruption starts what was paused.
 * `window.groupState` is there for tests and the curious.
 */

const sessions = new URL('api/v1/playback/sessions', document.baseURI);
const tickMs = 100;
const leadingBeatMs = 500;
const followingBeatMs = 5_000;

/** Farther away than this it jumps; nearer it plays a little faster or slower, which nobody hears. */
const jumpSec = 0.75;
const closeSec = 0.04;

export class Group {
  #video;
  #session;
  #headers;
  #events;
  #state = null;
  #leads = false;
  /** Whether the viewer of this page has paused it. */
  #isHeld = false;
  /** Plays and pauses of this code, which are no viewer's. */
  #own = new Set();
  #listening = new AbortController();
  #timer;
  #beatAt = 0;
  #jumpedAt = null;
  #jumpSeconds = 0;
  #mayPlay = () => false;

  /** @returns {Promise<Group>} a session in the group, by the gateway's engine */
  static async join(video, name, title, token) {
    const headers = { 'Content-Type': 'application/json', ...(token && { Authorization: `Bearer ${token}` }) };
    const answer = await fetch(sessions, { method: 'POST', headers, body: JSON.stringify({ mediaId: title.id, groupId: name }) });
    const session = await answer.json();
    if (!answer.ok) {
      throw new Error(session.detail ?? `The gateway answered ${answer.status}`);
    }
    return new Group(video, session, title);
  }

  constructor(video, session, title) {
    this.#video = video;
    this.#session = session;
    this.#headers = { 'Content-Type': 'application/json', Authorization: `Bearer ${session.ticket}` };
    const isDirect = session.engine === 'direct';
    this.choice = isDirect
      ? { player: 'native', asset: title.assets.file, url: new URL(session.directUrl, document.baseURI).href }
      : { player: 'hlsjs', asset: title.assets.hls, url: new URL(session.hlsUrl, document.baseURI).href };
    this.#events = new EventSource(new URL(`${sessions}/${session.sessionId}/group?access_token=${session.ticket}`));
    this.#events.addEventListener('state', event => {
      const told = JSON.parse(event.data);
      this.#leads = told.leads;
      this.#state = { ...told, at: performance.now() - told.ageMs };
    });
    const { signal } = this.#listening;
    video.addEventListener('pause', () => this.#turned('pause'), { signal });
    video.addEventListener('play', () => this.#turned('play'), { signal });
    video.addEventListener('seeked', () => this.#arrived(), { signal });
    this.#timer = setInterval(() => this.#tick(), tickMs);
  }

  /** @param {() => boolean} mayPlay whether it has begun, or there is enough media for it */
  startsWith(mayPlay) {
    this.#mayPlay = mayPlay;
  }

  close() {
    clearInterval(this.#timer);
    this.#events.close();
    this.#listening.abort();
    this.#video.playbackRate = 1;
    fetch(`${sessions}/${this.#session.sessionId}`, { method: 'DELETE', headers: this.#headers, keepalive: true }).catch(() => {});
    window.groupState = null;
  }

  /** The next jump aims so far ahead as this one has taken. */
  #arrived() {
    if (this.#jumpedAt !== null) {
      this.#jumpSeconds = Math.min(2, (performance.now() - this.#jumpedAt) / 1000);
      this.#jumpedAt = null;
    }
    this.#beat(true);
  }

  #turned(what) {
    if (!this.#own.delete(what) && !this.#video.ended && !this.#video.seeking) {
      this.#isHeld = what === 'pause';
    }
    this.#beat(true);
  }

  #tick() {
    const video = this.#video;
    this.#beat(false);
    const target = this.#target();
    window.groupState = { leads: this.#leads, isHeld: this.#isHeld, drift: target === null ? null : video.currentTime - target, engine: this.#session.engine };
    if (this.#leads || this.#state === null || this.#isHeld || video.readyState < HTMLMediaElement.HAVE_CURRENT_DATA) {
      video.playbackRate = 1;
      return;
    }
    if (!this.#mayPlay()) {
      return;
    }
    if (this.#state.isPlaying === video.paused) {
      this.#own.add(video.paused ? 'play' : 'pause');
      if (video.paused) {
        video.play().catch(() => this.#own.delete('play'));
      } else {
        video.pause();
      }
    }
    // A jump takes its time: another one meanwhile would begin it anew, for ever.
    if (video.seeking) {
      return;
    }
    const drift = video.currentTime - target;
    if (Math.abs(drift) > jumpSec) {
      this.#jumpedAt = performance.now();
      video.currentTime = target + (this.#state.isPlaying ? this.#jumpSeconds : 0);
    } else {
      video.playbackRate = video.paused || Math.abs(drift) < closeSec ? 1 : drift > 0 ? 0.92 : 1.08;
    }
  }

  /** Where the leader is by now. */
  #target() {
    if (this.#state === null) {
      return null;
    }
    return this.#state.positionSec + (this.#state.isPlaying ? (performance.now() - this.#state.at) / 1000 : 0);
  }

  #beat(isUrgent) {
    const now = performance.now();
    if (!isUrgent && now - this.#beatAt < (this.#leads || this.#state === null ? leadingBeatMs : followingBeatMs)) {
      return;
    }
    const video = this.#video;
    // A group begins where somebody's picture moves, not where a page is still loading.
    if (video.readyState < HTMLMediaElement.HAVE_CURRENT_DATA) {
      return;
    }
    this.#beatAt = now;
    const isPlaying = !video.paused && !video.ended;
    fetch(`${sessions}/${this.#session.sessionId}/heartbeat`, {
      method: 'POST', headers: this.#headers, body: JSON.stringify({ positionSec: video.currentTime, isPlaying, bufferedUntilSec: video.currentTime + 1 }),
    }).catch(() => {});
  }
}
