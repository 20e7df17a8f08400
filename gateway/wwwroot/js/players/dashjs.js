import { explain, explainMediaError, readProblem } from '../problem.js';
import { playlistRetries } from '../startup.js';
import { hasMediaSource, labelOf, noMediaSource, players } from './index.js';

// Errors after which dash.js does not go on by itself: no media source, no manifest, no stream in it.
const endings = ['CAPABILITY_MEDIASOURCE_ERROR_CODE', 'DOWNLOAD_ERROR_ID_MANIFEST_CODE', 'MANIFEST_LOADER_LOADING_FAILURE_ERROR_CODE',
  'MANIFEST_LOADER_PARSING_FAILURE_ERROR_CODE', 'MANIFEST_ERROR_ID_PARSE_CODE', 'MANIFEST_ERROR_ID_NOSTREAMS_CODE',
  'DOWNLOAD_ERROR_ID_INITIALIZATION_CODE', 'MEDIASOURCE_TYPE_UNSUPPORTED_CODE'];

/**
 * dash.js. A response interceptor sees every request with its headers, failed ones too.
 * @param {import('./index.js').OpenOptions} options
 * @returns {Promise<import('./index.js').Player>}
 */
export async function open({ video, url, addressOf, sessionId, contentId, startAt, leastSec, isBalanced, onSession, onExchange, onSegment, onFatal, onTrouble }) {
  const { MediaPlayer } = await import(players.dashjs.file);
  if (!hasMediaSource()) {
    onFatal(noMediaSource('dashjs'));
  }
  const dash = MediaPlayer().create();
  const fatal = new Set(endings.map(name => MediaPlayer.errors[name]));
  let lastProblem = null;

  dash.updateSettings({
    debug: { logLevel: 0 },
    streaming: {
      // As much as the library keeps by itself, and what a start waits for.
      buffer: { bufferTimeDefault: Math.max(18, leastSec) },
      cmcd: { enabled: true, mode: 'query', sid: sessionId, cid: contentId },
      // In kbit/s: the lowest rendition is the nearest.
      ...(isBalanced && { abr: { initialBitrate: { audio: 1, video: 1 } }, retryAttempts: { MPD: playlistRetries } }),
    },
  });

  dash.addRequestInterceptor(async request => {
    request.url = addressOf(request.url);
    return request;
  });
  dash.addResponseInterceptor(async response => {
    const type = response.request.customData?.request?.type ?? '';
    const header = name => response.headers?.[name] ?? response.headers?.[name.toLowerCase()] ?? null;
    onSession(header('X-Session-Id'));
    const exchange = {
      url: response.url || response.request.url,
      kind: type === 'MPD' ? 'manifest' : type.endsWith('Segment') ? 'segment' : 'other',
      status: response.status ?? 0,
      source: header('X-Served-From'),
      cacheStatus: header('Cache-Status'),
      cmsd: header('CMSD-Dynamic'),
      milliseconds: response.resourceTiming?.duration ?? 0,
      bytes: sizeOf(response),
    };
    const aborted = exchange.status === 0 && response.request.customData?.abort?.signal?.aborted;
    if (exchange.status < 200 || exchange.status > 299) {
      exchange.problem = readProblem(exchange.status, header('Content-Type'), textOf(response.data), header('Retry-After'));
      lastProblem = aborted ? lastProblem : exchange.problem;
    }
    if (!aborted) {
      onExchange(exchange);
    }
    return response;
  });

  dash.on(MediaPlayer.events.ERROR, event => {
    const error = event.error ?? {};
    const words = error.code >= 10 && error.code <= 30 && lastProblem !== null
      ? explain(lastProblem)
      : {
        headline: 'dash.js reports a problem', detail: error.message ?? String(error),
        advice: 'Look at the last requests. If they are well, the media may be damaged: try another title or player.',
        code: '', status: 0,
      };
    (fatal.has(error.code) ? onFatal : onTrouble)(words);
  });
  dash.on(MediaPlayer.events.PLAYBACK_ERROR, () => onFatal(explainMediaError(video.error)));

  // The page presses play before dash.js listens for it. Without that event dash.js takes the video for paused and does not reload a live MPD.
  dash.on(MediaPlayer.events.PLAYBACK_METADATA_LOADED, function again() {
    dash.off(MediaPlayer.events.PLAYBACK_METADATA_LOADED, again);
    if (!video.paused) {
      video.pause();
      video.play().catch(() => {});
    }
  });

  // What has been loaded is in the buffer when its level has risen.
  const loaded = [];
  dash.on(MediaPlayer.events.FRAGMENT_LOADING_COMPLETED, ({ request, error }) => {
    if (!error && request?.type === 'MediaSegment' && request.mediaType === mainType()) {
      loaded.push(request);
    }
  });
  dash.on(MediaPlayer.events.BUFFER_LEVEL_UPDATED, () => {
    for (const { startTime, duration } of loaded.splice(0)) {
      onSegment(startTime, startTime + duration);
    }
  });

  dash.initialize(video, url, false, startAt ?? undefined);
  // Where an MPD names no clock, dash.js asks one of a third party; the Date of the manifest's answer is as good. Not earlier: initialize sets it anew.
  dash.clearDefaultUTCTimingSources();

  const rendition = entry => ({
    id: String(entry.id), width: entry.width ?? 0, height: entry.height ?? 0,
    bitsPerSecond: entry.bandwidth ?? (entry.bitrateInKbit ?? 0) * 1000,
  });
  // Until the first stream is ready dash.js throws on questions about it.
  const ask = question => {
    try {
      return dash.isReady() ? question() ?? null : null;
    } catch {
      return null;
    }
  };
  const mainType = () => (ask(() => dash.getTracksFor('video').length) > 0 ? 'video' : 'audio');

  const tracksOf = type => ask(() => dash.getTracksFor(type)) ?? [];
  const listOf = type => {
    const current = ask(() => dash.getCurrentTrackFor(type));
    return tracksOf(type).map((track, index) => ({ id: String(index), label: labelOf(track.labels?.[0]?.text, track.lang, index + 1), isOn: track.index === current?.index }));
  };
  let isTextOn = false;

  return {
    renditions: () => (ask(() => dash.getRepresentationsByType(mainType())) ?? []).map(rendition),
    selected: () => {
      const entry = ask(() => dash.getCurrentRepresentationForType(mainType()));
      return entry ? rendition(entry) : null;
    },
    isAutomatic: () => dash.getSettings().streaming.abr.autoSwitchBitrate[mainType()] !== false,
    select: id => {
      const type = mainType();
      dash.updateSettings({ streaming: { abr: { autoSwitchBitrate: { [type]: id === null } } } });
      if (id !== null) {
        ask(() => dash.setRepresentationForTypeById(type, id));
      }
    },
    audioTracks: () => listOf('audio'),
    selectAudio: id => dash.setCurrentTrack(tracksOf('audio')[Number(id)]),
    textTracks: () => listOf('text').map(track => ({ ...track, isOn: isTextOn && track.isOn })),
    selectText: id => {
      isTextOn = id !== null;
      dash.enableText(isTextOn);
      dash.setTextTrack(id === null ? -1 : Number(id));
    },
    throughput: () => {
      const kbps = ask(() => dash.getAverageThroughput(mainType()));
      return kbps > 0 ? kbps * 1000 : null;
    },
    isLive: () => ask(() => dash.isDynamic()) === true,
    liveDelay: () => ask(() => dash.getTargetLiveDelay()),
    isFull: () => false,
    latency: () => {
      const seconds = ask(() => dash.getCurrentLiveLatency());
      return seconds > 0 ? seconds : null;
    },
    liveRange: () => ask(() => {
      const { start, end } = dash.getDvrWindow();
      return { start, end: end - dash.getTargetLiveDelay() };
    }),
    close: () => dash.destroy(),
  };
}

function sizeOf(response) {
  return response.data?.byteLength ?? response.resourceTiming?.encodedBodySize ?? response.length ?? response.data?.length ?? 0;
}

function textOf(data) {
  if (data instanceof ArrayBuffer) {
    return new TextDecoder().decode(data);
  }
  return typeof data === 'string' ? data : '';
}
