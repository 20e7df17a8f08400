// How dash.js reads an MPD: its model of it, and every request that its own DashHandler would make for it.

import './browser.mjs';

const { default: dashjs } = await import('dashjs');
const factory = dashjs.FactoryMaker;
const MAX_SEGMENTS = 200;

const segmentTypes = { SEGMENT_TIMELINE: 'SegmentTimeline', SEGMENT_TEMPLATE: 'SegmentTemplate', SEGMENT_LIST: 'SegmentList', SEGMENT_BASE: 'SegmentBase' };
const constants = { VIDEO: 'video', AUDIO: 'audio', TEXT: 'text', IMAGE: 'image', MUXED: 'muxed' };

export function readDash(text, url, firstBaseOnly) {
  const context = {};
  const single = (name) => factory.getSingletonFactoryByName(name)(context).getInstance();
  const make = (name, config) => factory.getClassFactoryByName(name)(context).create(config);
  const debug = { getLogger: () => ({ debug() {}, info() {}, warn() {}, error() {}, fatal() {} }) };
  const urlUtils = single('URLUtils');
  const model = single('DashManifestModel');
  const adapter = single('DashAdapter');
  const timelineConverter = single('TimelineConverter');
  model.setConfig({ errHandler: { error() {} }, BASE64: { decodeArray: (words) => words, encodeASCII: (words) => words } });
  adapter.setConfig({ constants, cea608parser: {}, errHandler: { error() {} } });
  timelineConverter.initialize();

  const manifest = make('DashParser', { debug }).parse(text);
  // As its ManifestLoader does.
  manifest.url = manifest.originalUrl = url;
  manifest.baseUri = urlUtils.parseBaseUrl(url);
  manifest.loadedTime = new Date();
  const isDynamic = model.getIsDynamic(manifest);
  const mpd = model.getMpd(manifest);
  const tracks = [];
  for (let choice = 0; choice < (firstBaseOnly ? 1 : mostAlternatives(manifest)); choice++) {
    const baseURLController = make('BaseURLController');
    baseURLController.setConfig({
      adapter,
      contentSteeringController: { getSynthesizedBaseUrlElements: () => [] },
      baseURLSelector: { initialize() {}, chooseSelector() {}, select: ({ baseUrls }) => baseUrls[Math.min(choice, baseUrls.length - 1)], reset() {} },
    });
    baseURLController.initialize(manifest);
    for (const period of model.getRegularPeriods(mpd)) {
      for (const adaptation of model.getAdaptationsForPeriod(period)) {
        const mediaInfo = { type: adaptation.type, index: adaptation.index, streamInfo: { id: period.id, index: period.index } };
        for (const representation of model.getRepresentationsForAdaptation(adaptation, mediaInfo)) {
          tracks.push(requestsOf(representation, mediaInfo, { debug, urlUtils, timelineConverter, baseURLController }));
        }
      }
    }
  }

  return {
    tracks,
    locations: model.getLocation(manifest),
    patches: model.getPatchLocation(manifest),
    steering: steeringOf(model.getContentSteering(manifest)),
    clocks: model.getUTCTimingSources(manifest).map(clockOf),
    words: wordsOf(manifest),
  };

  function requestsOf(representation, mediaInfo, parts) {
    const config = { ...parts, type: mediaInfo.type, streamInfo: mediaInfo.streamInfo, eventBus: { on() {}, off() {} }, dashConstants: segmentTypes };
    const segmentsController = make('SegmentsController', config);
    const handler = make('DashHandler', { ...config, segmentsController });
    handler.initialize(isDynamic);
    const base = parts.baseURLController.resolve(representation.path);
    const track = { id: representation.id, base: base && { url: base.url, availabilityTimeOffset: base.availabilityTimeOffset }, segments: [] };
    if (representation.initialization !== null) track.init = requestOf(handler.getInitRequest(mediaInfo, representation));
    track.indexRange = representation.indexRange;
    if (representation.segmentInfoType === segmentTypes.SEGMENT_BASE || !representation.segmentInfoType) return track;
    for (let i = 0; i < MAX_SEGMENTS; i++) {
      const request = handler.getNextSegmentRequest(mediaInfo, representation);
      if (!request) break;
      track.segments.push(requestOf(request));
    }

    return track;
  }
}

function requestOf(request) {
  if (!request) return request;
  const { url, range, index, startTime, duration, mediaStartTime, availabilityStartTime, availabilityEndTime, queryParams } = request;
  return { url, range, index, startTime, duration, mediaStartTime, availabilityStartTime, availabilityEndTime, queryParams };
}

function mostAlternatives(element) {
  const below = [...(element.Period ?? []), ...(element.AdaptationSet ?? []), ...(element.Representation ?? [])];
  return Math.max(element.BaseURL?.length ?? 1, ...below.map(mostAlternatives));
}

function steeringOf(steering) {
  return steering && { ...steering, url: steering.serverUrl, serverUrl: undefined };
}

function clockOf({ schemeIdUri, value }) {
  return /:http-/.test(schemeIdUri) ? { schemeIdUri, urls: value.trim().split(/\s+/) } : { schemeIdUri, value };
}

// Everything else that the MPD says: its elements and attributes without those that hold a URL, for these are judged by the requests.
const places = {
  SegmentTemplate: ['media', 'index', 'initialization', 'bitstreamSwitching'],
  SegmentURL: ['media', 'index'],
  Initialization: ['sourceURL'],
  RepresentationIndex: ['sourceURL'],
  BitstreamSwitching: ['sourceURL'],
  UTCTiming: ['value'],
};
const judgedElsewhere = new Set(['BaseURL', 'Location', 'PatchLocation', 'ContentSteering']);
// What the reading adds, and the same elements once more in their order.
const added = new Set(['__children', 'childNodes', 'parentElement', 'attributes', 'url', 'originalUrl', 'baseUri', 'loadedTime']);

function wordsOf(node) {
  if (Array.isArray(node)) return node.map(wordsOf);
  if (node === null || typeof node !== 'object' || node instanceof Date) return node;
  const words = {};
  for (const [name, value] of Object.entries(node)) {
    if (added.has(name) || judgedElsewhere.has(name) || places[node.tagName]?.includes(name)) continue;
    words[name] = wordsOf(value);
  }

  return words;
}
