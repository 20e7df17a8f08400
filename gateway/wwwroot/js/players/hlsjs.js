import { isLiveSession } from '../catalogue.js';
import { explain, explainMediaError, readProblem } from '../problem.js';
import { longestWaitMs, playlistRetries, shortestWaitMs, tries } from '../startup.js';
import { labelOf, noMediaSource, players } from './index.js';

/**
 * hls.js. Every request goes through an XMLHttpRequest that `xhrSetup` sees before it is sent, playlists and failures too,
 * so that is where headers are read: the library's own events leave out init segments and repeated attempts.
 * @param {import('./index.js').OpenOptions} options
 * @returns {Promise<import('./index.js').Player>}
 */
export async function open({ video, url, addressOf, sessionId, contentId, startAt, leastSec, isBalanced, onSession, onExchange, onSegment, onFatal, onTrouble }) {
  const { default: Hls } = await import(players.hlsjs.file);
  if (!Hls.isSupported()) {
    onFatal(noMediaSource('hlsjs'));
  }

  const watched = new WeakSet();
  let lastProblem = null;
  let recoveredAt = -Infinity;

  const hls = new Hls({
    workerPath: new URL('hls.worker.js', players.hlsjs.file).href,
    backBufferLength: 30,
    maxBufferLength: Math.max(Hls.DefaultConfig.maxBufferLength, leastSec),
    startPosition: startAt ?? -1,
    // Three target durations are 15 s of a session in chunks of five. The library falls back by itself where it stalls.
    ...(isLiveSession(url) ? { liveSyncDurationCount: 1 } : {}),
    manifestLoadPolicy: retrying(Hls.DefaultConfig.manifestLoadPolicy, tries.manifest - 1),
    ...(isBalanced && { startLevel: 0, playlistLoadPolicy: retrying(Hls.DefaultConfig.playlistLoadPolicy, playlistRetries) }),
    cmcd: { sessionId, contentId, useHeaders: false },
    xhrSetup: (xhr, address) => {
      if (watched.has(xhr)) {
        return;
      }
      watched.add(xhr);
      const wanted = addressOf(address);
      if (wanted !== address) {
        xhr.open('GET', wanted, true);
      }
      const started = performance.now();
      let aborted = false;
      xhr.addEventListener('abort', () => { aborted = true; });
      // The library judges an answer in readystatechange, before loadend: what the problem says has to be known by then.
      xhr.addEventListener('readystatechange', () => {
        if (xhr.readyState === XMLHttpRequest.DONE && (xhr.status < 200 || xhr.status > 299)) {
          lastProblem = readProblem(xhr.status, xhr.getResponseHeader('Content-Type'), bodyOf(xhr), xhr.getResponseHeader('Retry-After'));
        }
      });
      xhr.addEventListener('loadend', event => {
        if (aborted) {
          return;
        }
        const type = xhr.getResponseHeader('Content-Type');
        onSession(xhr.getResponseHeader('X-Session-Id'));
        const url = xhr.responseURL || address;
        const exchange = {
          url,
          // What was refused comes as a problem document: there the name alone tells.
          kind: /mpegurl/i.test(type ?? '') || /\.m3u8?(\?|$)/i.test(url) ? 'manifest' : 'segment',
          status: xhr.status,
          source: xhr.getResponseHeader('X-Served-From'),
          cacheStatus: xhr.getResponseHeader('Cache-Status'),
          cmsd: xhr.getResponseHeader('CMSD-Dynamic'),
          milliseconds: performance.now() - started,
          bytes: event.loaded,
        };
        if (xhr.status < 200 || xhr.status > 299) {
          exchange.problem = lastProblem;
        }
        onExchange(exchange);
      });
    },
  });

  const wordsOf = data => {
    if (lastProblem !== null && data.type === Hls.ErrorTypes.NETWORK_ERROR) {
      return explain(lastProblem);
    }
    return data.details === Hls.ErrorDetails.BUFFER_STALLED_ERROR && hls.latestLevelDetails?.live
      ? {
        headline: 'Waiting for media', detail: 'Everything that has come is played.',
        advice: 'The line is slow, or whoever sends this broadcast has stopped for a while. Playback goes on by itself.', code: '', status: 0,
      }
      : {
        headline: 'hls.js reports a problem',
        detail: `${data.details}${data.reason ? `: ${data.reason}` : ''}${data.error?.message ? ` (${data.error.message})` : ''}`,
        advice: 'Look at the last requests. If they are well, the media may be damaged: try another title or player.',
        code: '', status: 0,
      };
  };

  hls.on(Hls.Events.ERROR, (_, data) => {
    const words = wordsOf(data);
    if (!data.fatal) {
      onTrouble(words);
    } else if (data.type === Hls.ErrorTypes.MEDIA_ERROR && performance.now() - recoveredAt > 5000) {
      recoveredAt = performance.now();
      onTrouble(words);
      hls.recoverMediaError();
    } else {
      // The library gives up before the request that made it so has ended; the page hears of that request first.
      setTimeout(onFatal, 0, data.type === Hls.ErrorTypes.MEDIA_ERROR && video.error ? explainMediaError(video.error) : words);
    }
  });

  let isFull = false;
  hls.on(Hls.Events.FRAG_BUFFERED, (_, { frag, part }) => {
    if (frag.type === 'main' && frag.sn !== 'initSegment') {
      onSegment((part ?? frag).start, (part ?? frag).end);
    }
  });
  hls.on(Hls.Events.ERROR, (_, { details }) => { isFull ||= details === Hls.ErrorDetails.BUFFER_FULL_ERROR; });

  hls.loadSource(url);
  hls.attachMedia(video);

  const rendition = (level, index) => ({
    id: String(index), width: level.width ?? 0, height: level.height ?? 0, bitsPerSecond: level.bitrate,
  });
  let segmentSeen = false;
  hls.on(Hls.Events.FRAG_LOADED, () => { segmentSeen = true; });

  return {
    renditions: () => hls.levels.map(rendition),
    selected: () => {
      const index = hls.currentLevel >= 0 ? hls.currentLevel : hls.loadLevel;
      return hls.levels[index] ? rendition(hls.levels[index], index) : null;
    },
    isAutomatic: () => hls.autoLevelEnabled,
    // The segment that plays is played out: a switch at once would empty the buffer.
    select: id => { hls.nextLevel = id === null ? -1 : Number(id); },
    audioTracks: () => hls.audioTracks.map((track, index) => ({ id: String(index), label: labelOf(track.name, track.lang, index + 1), isOn: index === hls.audioTrack })),
    selectAudio: id => { hls.audioTrack = Number(id); },
    textTracks: () => hls.subtitleTracks.map((track, index) => ({ id: String(index), label: labelOf(track.name, track.lang, index + 1), isOn: hls.subtitleDisplay && index === hls.subtitleTrack })),
    selectText: id => {
      hls.subtitleDisplay = id !== null;
      hls.subtitleTrack = id === null ? -1 : Number(id);
    },
    // Before the first segment the estimate is only the library's default.
    throughput: () => (segmentSeen ? hls.bandwidthEstimate : null),
    isLive: () => hls.latestLevelDetails?.live === true,
    liveDelay: () => hls.targetLatency,
    isFull: () => isFull,
    latency: () => (hls.latency > 0 ? hls.latency : null),
    // What the element calls seekable begins with what is still in the buffer, and the library does not go back to that.
    liveRange: () => {
      const first = hls.latestLevelDetails?.fragments[0];
      return first !== undefined && hls.liveSyncPosition !== null ? { start: first.start, end: hls.liveSyncPosition } : null;
    },
    close: () => hls.destroy(),
  };
}

function retrying(policy, times) {
  return { default: { ...policy.default, errorRetry: { maxNumRetry: times, retryDelayMs: shortestWaitMs, maxRetryDelayMs: longestWaitMs, backoff: 'exponential' } } };
}

function bodyOf(xhr) {
  if (xhr.responseType === 'arraybuffer') {
    return xhr.response ? new TextDecoder().decode(xhr.response) : '';
  }
  return xhr.responseType === '' || xhr.responseType === 'text' ? xhr.responseText : '';
}
