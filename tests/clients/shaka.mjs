// How shaka-player reads a manifest: its model of it, with the segment indexes that it makes, and every request that it makes meanwhile.

import { createRequire } from 'node:module';
import './browser.mjs';

const shaka = createRequire(import.meta.url)('shaka-player/dist/shaka-player.compiled-es2021.debug.js');
shaka.polyfill.installAll();
const MAX_SEGMENTS = 200;
const encoder = new TextEncoder();

// Media playlists that a multivariant playlist leads to, and indexes that an MPD leads to, say the same whatever their URL is.
const mediaPlaylist = '#EXTM3U\n#EXT-X-VERSION:6\n#EXT-X-TARGETDURATION:4\n#EXT-X-MAP:URI="init.mp4"\n#EXTINF:4,\nseg1.mp4\n#EXTINF:4,\nseg2.mp4\n#EXT-X-ENDLIST\n';
const segmentIndex = sidx([[1000, 4000], [2000, 4000], [1500, 4000]]);

let answer;
for (const scheme of ['http', 'https']) {
  shaka.net.NetworkingEngine.registerScheme(scheme, (uri, request, type) => shaka.util.AbortableOperation.completed(answer(uri, request, type)));
}

export const readDash = (text, url) => readWith(new shaka.dash.DashParser(), text, url);
export const readHls = (text, url) => readWith(new shaka.hls.HlsParser(), text, url);

async function readWith(parser, text, url) {
  const requests = [];
  const events = [];
  answer = (uri, request, type) => {
    requests.push({ uri, range: request.headers.Range, method: request.method });
    const body = uri === url ? text : bodyFor(uri, request, type);
    if (body === null) throw new shaka.util.Error(2, 1, shaka.util.Error.Code.BAD_HTTP_STATUS, uri, 404, '', {}, type, uri);
    const data = typeof body === 'string' ? encoder.encode(body).buffer : body;
    return { uri, originalUri: uri, data, status: 200, headers: {}, timeMs: 1, fromCache: false, originalRequest: request };
  };
  const { manifest: config, networking: networkConfig } = shaka.util.PlayerConfiguration.createDefault();
  config.retryParameters.maxAttempts = 1;
  config.dash.disableXlinkProcessing = true;
  const networking = new shaka.net.NetworkingEngine();
  networking.configure(networkConfig);
  const nothing = () => {};
  parser.configure(config, () => false);
  try {
    const manifest = await parser.start(url, {
      networkingEngine: networking,
      filter: async () => {},
      makeTextStreamsForClosedCaptions: nothing,
      onTimelineRegionAdded: (region) => events.push(eventOf(region)),
      addFont: (name, uri) => events.push({ name, uri }),
      onEvent: nothing,
      onError: (error) => events.push(codeOf(error)),
      isLowLatencyMode: () => false,
      updateDuration: nothing,
      newDrmInfo: nothing,
      onManifestUpdated: nothing,
      getBandwidthEstimate: () => 1e6,
      onMetadata: async (type, startTime, endTime, frames) => void events.push({ type, startTime, endTime, ...wordsOf(frames) }),
      disableStream: nothing,
      getStreamingRetryParameters: () => config.retryParameters,
      onSegmentReceived: nothing,
    });
    return { ...(await modelOf(manifest, parser instanceof shaka.hls.HlsParser)), requests, events };
  } catch (error) {
    if (!(error instanceof shaka.util.Error)) throw error;
    // What it asked for before it gave up counts; with what words it gives up does not.
    return { refusedWith: codeOf(error), requests };
  } finally {
    await parser.stop();
    await networking.destroy();
  }
}

function bodyFor(uri, request, type) {
  if (type === shaka.net.NetworkingEngine.RequestType.MANIFEST) return mediaPlaylist;
  if (type === shaka.net.NetworkingEngine.RequestType.KEY) return new Uint8Array(16).buffer;
  // It looks for the codecs of a media playlist in its first segment and does without when there is nothing.
  if (type === shaka.net.NetworkingEngine.RequestType.SEGMENT) return request.headers.Range ? segmentIndex : new ArrayBuffer(0);
  return null;
}

async function modelOf(manifest, isHls) {
  const timeline = manifest.presentationTimeline;
  const streams = new Set();
  for (const variant of manifest.variants) for (const stream of [variant.audio, variant.video]) if (stream) streams.add(stream);
  for (const stream of [...manifest.textStreams, ...manifest.imageStreams, ...(manifest.chapterStreams ?? [])]) streams.add(stream);
  const read = [];
  for (const stream of streams) read.push(await streamOf(stream, isHls));
  return {
    variants: manifest.variants.map(({ id, language, bandwidth, audio, video, disabledUntilTime }) => ({ id, language, bandwidth, audio: audio?.id, video: video?.id, disabledUntilTime })),
    streams: read,
    sessions: manifest.offlineSessionIds,
    minBufferTime: manifest.minBufferTime,
    sequenceMode: manifest.sequenceMode,
    type: manifest.type,
    serviceDescription: manifest.serviceDescription,
    nextUrl: manifest.nextUrl,
    isLive: timeline.isLive(),
    duration: timeline.getDuration(),
    delay: timeline.getDelay(),
    window: [timeline.getSegmentAvailabilityStart(), timeline.getSegmentAvailabilityEnd(), timeline.getSeekRangeStart(), timeline.getSeekRangeEnd()],
  };
}

async function streamOf(stream, isHls) {
  const { id, originalId, groupId, mimeType, codecs, kind, encrypted, language, label, type, bandwidth, width, height, frameRate, roles, forced, spatialAudio, drmInfos, tilesLayout } = stream;
  const read = {
    // In HLS, the URI of its playlist, which is among the requests.
    id, originalId: isHls ? null : originalId, groupId, mimeType, codecs, kind, encrypted, language, label, type, bandwidth, width, height, frameRate, roles, forced, spatialAudio, tilesLayout,
    // Licence servers are the operator's: their URLs pass as they are.
    drm: drmInfos.map(({ keySystem, licenseServerUri, keyIds, initData }) => ({ keySystem, licence: licenseServerUri, keyIds: [...(keyIds ?? [])], initData })),
    segments: [],
  };
  try {
    await stream.createSegmentIndex();
  } catch (error) {
    return { ...read, refusedWith: codeOf(error) };
  }

  stream.segmentIndex?.forEachTopLevelReference((reference) => {
    if (read.segments.length < MAX_SEGMENTS) read.segments.push(referenceOf(reference));
  });
  return read;
}

function referenceOf(reference) {
  const { startTime, endTime, startByte, endByte, timestampOffset, appendWindowStart, appendWindowEnd, initSegmentReference: init } = reference;
  return {
    startTime, endTime, startByte, endByte, timestampOffset, appendWindowStart, appendWindowEnd,
    status: reference.getStatus(),
    uris: reference.getUris(),
    parts: reference.partialReferences.map(referenceOf),
    init: init && { uris: init.getUris(), startByte: init.startByte, endByte: init.endByte },
  };
}

function eventOf({ schemeIdUri, id, value, timescale, startTime, endTime, eventNode }) {
  return { schemeIdUri, id, value, timescale, startTime, endTime, attributes: eventNode?.attributes };
}

// Tags of HLS come as lists of names with what stands behind each.
function wordsOf(frames) {
  return Object.fromEntries(frames.map(({ key, data }) => [key, data]));
}

function codeOf(error) {
  if (!(error instanceof shaka.util.Error)) throw error;
  return error.code;
}

// A version 0 Segment Index Box (ISO/IEC 14496-12 §8.16.3), one tick a millisecond.
function sidx(references) {
  const box = new DataView(new ArrayBuffer(32 + 12 * references.length));
  [box.byteLength, 0x73696478, 0, 1, 1000, 0, 0, references.length].forEach((word, i) => box.setUint32(4 * i, word));
  references.forEach(([size, duration], i) => [size, duration, 0x90000000].forEach((word, j) => box.setUint32(32 + 12 * i + 4 * j, word)));
  return box.buffer;
}
