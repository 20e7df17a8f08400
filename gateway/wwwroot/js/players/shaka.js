import { formatOf, isLiveSession } from '../catalogue.js';
import { explain, explainMediaError, readProblem } from '../problem.js';
import { barredSec, jitter, shortestWaitMs, tries } from '../startup.js';
import { hasMediaSource, labelOf, noMediaSource, players } from './index.js';

/**
 * Times in a row that a broadcast's segments may be missing. With SegmentTemplate@duration and @availabilityTimeOffset shaka 5.2 asks for each segment up to its duration before it is there
 * (`computeAvailablePositionRange`), and again a moment later; a dozen of these rounds take longer than any segment.
 */
const mostMissing = 24;

let loading = null;

/** shaka-player comes as a classic script that leaves one global behind. */
function loadLibrary() {
  loading ??= new Promise((resolve, reject) => {
    const script = document.createElement('script');
    script.src = players.shaka.file;
    script.addEventListener('load', () => resolve(window.shaka));
    script.addEventListener('error', () => {
      loading = null;
      script.remove();
      reject(new Error(`${players.shaka.file} could not be loaded`));
    });
    document.head.append(script);
  });
  return loading;
}

/**
 * shaka-player. Response filters see every answer that is a success; a failed request comes as an error that carries status, headers and body.
 * @param {import('./index.js').OpenOptions} options
 * @returns {Promise<import('./index.js').Player>}
 */
export async function open({ video, url, addressOf, sessionId, contentId, startAt, leastSec, isBalanced, onSession, onExchange, onSegment, onFatal, onTrouble }) {
  const shaka = await loadLibrary();
  shaka.polyfill.installAll();
  const { RequestType } = shaka.net.NetworkingEngine;
  const { Code, Category, Severity } = shaka.util.Error;
  const kindOf = type => (type === RequestType.MANIFEST ? 'manifest' : type === RequestType.SEGMENT ? 'segment' : 'other');

  if (!hasMediaSource() && formatOf(url) === 'dash') {
    onFatal(noMediaSource('shaka'));
  }
  const player = new shaka.Player();
  let isInSequence = false;
  await player.attach(video);
  player.configure({
    cmcd: { enabled: true, useHeaders: false, sessionId, contentId },
    manifest: {
      retryParameters: { maxAttempts: tries.manifest, baseDelay: shortestWaitMs, backoffFactor: 2, fuzzFactor: jitter },
      // Seconds; else three target durations. One chunk of a session as the capture page records it.
      ...(isLiveSession(url) ? { defaultPresentationDelay: 5 } : {}),
    },
    streaming: { bufferingGoal: Math.max(10, leastSec) },
  });
  if (isBalanced) {
    // A rendition that fails is left alone for a while; the first estimate is below every rendition, so that the lowest begins.
    player.configure({ streaming: { maxDisabledTime: barredSec }, abr: { defaultBandwidthEstimate: 1 } });
  }
  let missing = 0;
  player.addEventListener('segmentappended', ({ contentType, start, end }) => {
    missing = 0;
    if (contentType === (player.isAudioOnly() ? 'audio' : 'video')) {
      onSegment(start, end);
    }
  });

  player.getNetworkingEngine().registerRequestFilter((_, request) => { request.uris = request.uris.map(addressOf); });
  player.getNetworkingEngine().registerResponseFilter((type, response) => {
    if (type === RequestType.MANIFEST && !isInSequence && hasParts(response.data)) {
      // The mode is chosen when a load begins.
      isInSequence = true;
      player.configure('manifest.hls.sequenceMode', true);
      load();
    }
    onSession(response.headers['x-session-id'] ?? null);
    onExchange({
      url: response.uri,
      kind: kindOf(type),
      status: response.status ?? 200,
      source: response.headers['x-served-from'] ?? null,
      cacheStatus: response.headers['cache-status'] ?? null,
      cmsd: response.headers['cmsd-dynamic'] ?? null,
      milliseconds: response.timeMs ?? 0,
      bytes: response.data?.byteLength ?? 0,
    });
  });

  const words = error => {
    if (error.code === Code.BAD_HTTP_STATUS) {
      const [, status, body, headers] = error.data;
      return explain(readProblem(status, headers?.['content-type'], body ?? '', headers?.['retry-after']));
    }
    if (error.category === Category.NETWORK && (error.code === Code.HTTP_ERROR || error.code === Code.TIMEOUT)) {
      return explain({ status: 0 });
    }
    if (error.code === Code.VIDEO_ERROR && video.error) {
      return explainMediaError(video.error);
    }
    const name = Object.keys(Code).find(key => Code[key] === error.code) ?? `code ${error.code}`;
    return {
      headline: 'shaka-player reports a problem', detail: `${name}${error.message ? `: ${error.message}` : ''}`,
      advice: 'Look at the last requests. If they are well, the media may be damaged: try another title or player.',
      code: '', status: 0,
    };
  };
  const report = error => {
    if (error?.code === Code.BAD_HTTP_STATUS) {
      const [address, status, body, headers, type] = error.data;
      onSession(headers?.['x-session-id'] ?? null);
      onExchange({
        url: address, kind: kindOf(type), status, source: null, milliseconds: 0, bytes: 0,
        problem: readProblem(status, headers?.['content-type'], body ?? '', headers?.['retry-after']),
      });
    }
  };
  // Only after this event the library sees that it is a broadcast, and asks again: until then the error is a critical one.
  const isAskedAgain = error => {
    const [, status, , , type] = error.data ?? [];
    if (error.code !== Code.BAD_HTTP_STATUS || status !== 404 || type !== RequestType.SEGMENT || !player.isDynamic()) {
      return false;
    }
    missing += 1;
    return missing <= mostMissing;
  };
  // Failed attempts pass by no response filter; this event carries those that are tried again.
  player.getNetworkingEngine().addEventListener('retry', event => report(event.error));
  player.addEventListener('error', event => {
    report(event.detail);
    (event.detail.severity === Severity.CRITICAL && !isAskedAgain(event.detail) ? onFatal : onTrouble)(words(event.detail));
  });

  // Not awaited: the page shows the requests while it loads. An error here is raised as an event only after load.
  const load = () => {
    player.load(url, startAt).catch(error => {
      if (error.code !== Code.LOAD_INTERRUPTED) {
        report(error);
        onFatal(words(error));
      }
    });
  };
  load();

  const rendition = track => ({
    id: String(track.id), width: track.width ?? 0, height: track.height ?? 0, bitsPerSecond: track.bandwidth,
  });
  // A variant is a rendition with a sound: those with the sound of now are the renditions to choose among.
  const variants = () => {
    const all = player.getVariantTracks();
    const active = all.find(track => track.active);
    return active === undefined ? all : all.filter(track => track.audioId === active.audioId || track.language === active.language);
  };

  return {
    renditions: () => variants().map(rendition),
    selected: () => {
      const track = player.getVariantTracks().find(candidate => candidate.active);
      return track ? rendition(track) : null;
    },
    isAutomatic: () => player.getConfiguration().abr.enabled,
    select: id => {
      player.configure('abr.enabled', id === null);
      const all = player.getVariantTracks();
      const named = all.find(candidate => String(candidate.id) === id);
      if (named !== undefined) {
        // Who has just chosen another sound chooses from a list of the old one's variants.
        const active = all.find(track => track.active);
        player.selectVariantTrack(all.find(track => track.videoId === named.videoId && track.audioId === active?.audioId) ?? named);
      }
    },
    audioTracks: () => player.getAudioTracks().map((track, index) => ({ id: String(index), label: labelOf(track.label, track.language, index + 1), isOn: track.active })),
    selectAudio: id => player.selectAudioTrack(player.getAudioTracks()[Number(id)]),
    textTracks: () => player.getTextTracks().map((track, index) => ({ id: String(track.id), label: labelOf(track.label, track.language, index + 1), isOn: track.active })),
    selectText: id => player.selectTextTrack(player.getTextTracks().find(track => String(track.id) === id) ?? null),
    throughput: () => {
      const bits = player.getStats().estimatedBandwidth;
      return bits > 0 ? bits : null;
    },
    liveDelay: () => (player.isLive() ? player.getManifest()?.presentationTimeline.getDelay() ?? null : null),
    isFull: () => false,
    // To this library an EVENT playlist is a recording in progress, with the duration that it has so far.
    isLive: () => player.isLive() || player.isInProgress(),
    latency: () => {
      const seconds = player.isLive() ? player.getStats().liveLatency : NaN;
      return seconds > 0 ? seconds : null;
    },
    liveRange: () => (player.isLive() || player.isInProgress() ? player.seekRange() : null),
    close: () => player.destroy(),
  };
}

/**
 * Low-latency HLS. In its usual mode shaka 5.2 breaks off the decoder before each part, and then every part is dropped that does not begin with a key frame
 * (https://github.com/shaka-project/shaka-player/issues/10589): a fifth of a second of picture in two. In sequence mode it plays them all.
 */
function hasParts(data) {
  return new TextDecoder().decode(data).includes('#EXT-X-PART-INF');
}
