/**
 * What the page shows, and what `window.playerState` holds: replaced five times a second while something plays.
 *
 * @typedef {object} PlayerState
 * @property {'idle' | 'loading' | 'playing' | 'paused' | 'rebuffering' | 'ended' | 'failed'} phase
 * @property {string | null} player id of the player
 * @property {string | null} asset path behind /play/
 * @property {string | null} sessionId CMCD session id that the player sends
 * @property {string | null} gatewaySession the gateway's session, as far as the page knows it
 * @property {boolean} live
 * @property {number} position seconds on the media's own timeline
 * @property {number} firstPosition where playback began; a live timeline may count from 1970
 * @property {number | null} duration seconds, null while unknown and for live
 * @property {import('./players/index.js').Rendition | null} rendition what is on the screen
 * @property {number} bufferSeconds media ahead of the position
 * @property {number | null} throughput bits per second, by the player's own estimate
 * @property {{start: number, end: number} | null} liveRange where a broadcast can be sought; its end is where it plays when it is not behind; null on demand
 * @property {string | null} cmsd what the gateway said in CMSD-Dynamic last
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
    phase: 'idle', player: null, asset: null, sessionId: null, gatewaySession: null, live: false, position: 0, firstPosition: 0, duration: null, rendition: null,
    bufferSeconds: 0, throughput: null, liveRange: null, cmsd: null, latencySeconds: null, startupSeconds: null, rebuffers: 0, rebufferSeconds: 0,
    droppedFrames: 0, totalFrames: 0, sources: { buffer: 0, cache: 0, origin: 0, unknown: 0 }, requests: 0, bytes: 0,
    trouble: null, fatalError: null, ended: false,
  };
}

/** Brings the state up to what the element and the player say now. What a library says of itself is taken only while it goes on. */
export function measure(state, video, player) {
  if (state.fatalError === null && player !== null) {
    state.live = player.isLive();
    state.throughput = player.throughput();
    state.latencySeconds = state.live ? player.latency() : null;
    state.liveRange = state.live ? player.liveRange() : null;
    state.rendition = onScreen(video, player);
    state.bufferSeconds = bufferAhead(video);
  }
  state.position = video.currentTime;
  state.duration = !state.live && Number.isFinite(video.duration) ? video.duration : null;
  const quality = video.getVideoPlaybackQuality?.();
  state.droppedFrames = quality?.droppedVideoFrames ?? 0;
  state.totalFrames = quality?.totalVideoFrames ?? 0;
}

/** Counts a finished request. @returns {string | null | undefined} the source of a segment, null where it is not known; undefined for anything else */
export function count(state, exchange) {
  state.requests += 1;
  state.bytes += exchange.bytes;
  state.cmsd = exchange.cmsd ?? state.cmsd;
  if (exchange.kind !== 'segment' || exchange.problem !== undefined) {
    return undefined;
  }
  const source = exchange.source !== null && Object.hasOwn(state.sources, exchange.source) ? exchange.source : 'unknown';
  state.sources[source] += 1;
  return source === 'unknown' ? null : source;
}

/** @param {import('./media-element.js').MediaElement | null} element */
export function phaseOf(state, video, element) {
  if (state.fatalError !== null) {
    return 'failed';
  }
  if (state.ended) {
    return 'ended';
  }
  if (state.startupSeconds === null) {
    return element?.isWanted === false ? 'paused' : 'loading';
  }
  if (video.paused) {
    return 'paused';
  }
  return element.stalls.isSeen ? 'rebuffering' : 'playing';
}

/** A UUID for CMCD `sid`. `crypto.randomUUID` exists on secure origins only, and a gateway in a test network rarely is one. */
export function newSessionId() {
  const bytes = crypto.getRandomValues(new Uint8Array(16));
  bytes[6] = (bytes[6] & 0x0f) | 0x40;
  bytes[8] = (bytes[8] & 0x3f) | 0x80;
  const hex = Array.from(bytes, byte => byte.toString(16).padStart(2, '0')).join('');
  return [hex.slice(0, 8), hex.slice(8, 12), hex.slice(12, 16), hex.slice(16, 20), hex.slice(20)].join('-');
}

/** Seconds of media ahead of the position; 0 where it lies in a hole. */
export function bufferAhead(video) {
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
