import { explain, explainMediaError, readProblem } from '../problem.js';
import { labelOf } from './index.js';

/** Browsers keep so far from the end of a live playlist, or farther. */
const behindSec = 6;

/**
 * The browser's own player: one file in any browser, HLS where the browser knows it. It shows no response headers to a page,
 * so requests come from the resource timeline, and the source from a `Server-Timing` entry that names it.
 * @param {import('./index.js').OpenOptions} options
 * @returns {Promise<import('./index.js').Player>}
 */
export async function open({ video, url: given, sessionId, startAt, onSession, onExchange, onFatal }) {
  const address = new URL(given);
  const isDrawn = address.searchParams.has('draw');
  if (isDrawn) {
    // So that the session is this page's alone: a neighbour's browser may be of the same kind.
    address.searchParams.set('CMCD', `sid="${sessionId}"`);
  }
  const url = address.href;
  let bits = null;
  const opened = performance.now();

  const observer = new PerformanceObserver(list => {
    for (const entry of list.getEntries()) {
      if (entry.startTime < opened || entry.initiatorType === 'fetch' || !/\/(play|api\/v1\/playback)\//.test(entry.name)) {
        continue;
      }
      const bytes = entry.encodedBodySize || entry.transferSize;
      if (bytes > 16384 && entry.duration > 0) {
        const sample = bytes * 8000 / entry.duration;
        bits = bits === null ? sample : bits * 0.7 + sample * 0.3;
      }
      const status = entry.responseStatus || 200;
      onExchange({
        url: entry.name,
        kind: /\.m3u8?(\?|$)/i.test(entry.name) ? 'manifest' : 'segment',
        status,
        source: sourceIn(entry.serverTiming),
        milliseconds: entry.duration,
        bytes,
        ...(status > 399 && { problem: readProblem(status) }),
      });
    }
  });
  observer.observe({ type: 'resource' });

  const failed = async () => {
    if (video.error === null || !video.getAttribute('src')) {
      return;
    }
    const words = explainMediaError(video.error);
    try {
      // The element tells nothing of an HTTP answer: ask once more to see whether it is the gateway that refuses.
      const response = await fetch(url, { headers: { Range: 'bytes=0-0' } });
      if (!response.ok) {
        const body = await response.text();
        onSession(response.headers.get('X-Session-Id'));
        onFatal(explain(readProblem(response.status, response.headers.get('Content-Type'), body, response.headers.get('Retry-After'))));
        return;
      }
      await response.body?.cancel();
    } catch {
      onFatal(explain({ status: 0 }));
      return;
    }
    onFatal(words);
  };
  video.addEventListener('error', failed);
  if (startAt !== null) {
    video.addEventListener('loadedmetadata', () => { video.currentTime = startAt; }, { once: true });
  }
  video.src = url;
  if (isDrawn) {
    // The element shows no headers. Asked beside it, not before it: the start must not wait.
    fetch(url, { headers: { Range: 'bytes=0-0' } }).then(response => {
      onSession(response.headers.get('X-Session-Id'));
      return response.body?.cancel();
    }).catch(() => {});
  }

  // The element shows no headers; the same viewer who asks again is told the same session. Only manifests name one: a file may lie in caches.
  const playing = () => {
    fetch(url, { method: 'HEAD' }).then(response => onSession(response.headers.get('X-Session-Id'))).catch(() => {});
  };
  if (/\.m3u8?(\?|$)/i.test(url)) {
    video.addEventListener('playing', playing, { once: true });
  }

  return {
    renditions: () => [],
    selected: () => null,
    isAutomatic: () => true,
    select: () => {},
    audioTracks: () => Array.from(video.audioTracks ?? [], (track, index) => ({ id: String(index), label: labelOf(track.label, track.language, index + 1), isOn: track.enabled })),
    selectAudio: id => Array.from(video.audioTracks ?? []).forEach((track, index) => { track.enabled = String(index) === id; }),
    textTracks: () => Array.from(video.textTracks, (track, index) => ({ id: String(index), label: labelOf(track.label, track.language, index + 1), isOn: track.mode === 'showing' })),
    selectText: id => Array.from(video.textTracks).forEach((track, index) => { track.mode = String(index) === id ? 'showing' : 'disabled'; }),
    throughput: () => bits,
    isLive: () => video.duration === Infinity,
    // A file has no segments to count.
    liveDelay: () => null,
    isFull: () => video.networkState === HTMLMediaElement.NETWORK_IDLE,
    latency: () => {
      const { seekable } = video;
      return video.duration === Infinity && seekable.length > 0 ? seekable.end(seekable.length - 1) - video.currentTime : null;
    },
    liveRange: () => {
      const { seekable } = video;
      if (video.duration !== Infinity || seekable.length === 0) {
        return null;
      }
      const start = seekable.start(0);
      return { start, end: Math.max(start, seekable.end(seekable.length - 1) - behindSec) };
    },
    close: () => {
      observer.disconnect();
      video.removeEventListener('error', failed);
      video.removeAttribute('src');
      video.load();
    },
  };
}

function sourceIn(serverTiming) {
  return serverTiming?.find(entry => entry.name === 'gateway')?.description ?? null;
}
