// One real player with the settings it has out of the box, and a recording of what it did: every request from the browser's own resource
// timing, and every pause of the picture from the playhead itself. The players' own events are not asked, because each tells them by other rules.

const asked = new URLSearchParams(location.search);
const player = asked.get('player');
const media = asked.get('media');
const seconds = Number(asked.get('seconds'));
const video = document.querySelector('video');

// Slower than this the playhead does not advance while the picture moves; a frame of the title lasts 100 ms.
const samplePeriodMs = 20;

const errors = [];
const playhead = [];
const frames = [];
const suggestions = [];
let loadedAt = 0;
let firstFrameAt = null;
let longestLagMs = 0;

const say = (kind, detail) => errors.push(`${((performance.now() - loadedAt) / 1000).toFixed(2)} ${kind}: ${detail}`);
addEventListener('error', event => say('page', event.message));
addEventListener('unhandledrejection', event => say('page', String(event.reason)));
video.addEventListener('error', () => say('media', video.error?.message));

function script(source) {
  return new Promise((resolve, reject) => {
    const element = document.createElement('script');
    element.src = source;
    element.onload = resolve;
    element.onerror = () => reject(new Error(`${source} is missing`));
    document.head.append(element);
  });
}

const players = {
  async hlsjs() {
    const { default: Hls } = await import('/lib/hls.js/hls.min.mjs');
    return () => {
      const hls = new Hls();
      hls.on(Hls.Events.ERROR, (_, data) => say(data.fatal ? 'fatal' : 'player', data.details));
      hls.loadSource(`${media}/master.m3u8`);
      hls.attachMedia(video);
      return { version: Hls.version, estimate: () => hls.bandwidthEstimate };
    };
  },
  async dashjs() {
    const { MediaPlayer } = await import('/lib/dashjs/dash.all.min.js');
    return () => {
      const dash = MediaPlayer().create();
      dash.on('error', event => say('player', JSON.stringify(event.error)));
      dash.initialize(video, `${media}/manifest.mpd`, true);
      return { version: dash.getVersion(), estimate: () => dash.getAverageThroughput('video') * 1000 };
    };
  },
  async shaka() {
    await script('/lib/shaka-player/shaka-player.compiled-es2021.js');
    const { shaka } = window;
    shaka.polyfill.installAll();
    const instance = new shaka.Player();
    await instance.attach(video);
    instance.getNetworkingEngine().registerResponseFilter((_, response) => {
      const kbps = Number(/;mb=(\d+)/.exec(response.headers['cmsd-dynamic'] ?? '')?.[1]);
      if (kbps && kbps !== suggestions.at(-1)?.kbps) suggestions.push({ atMs: milliseconds(performance.now()), kbps });
    });
    return () => {
      instance.addEventListener('error', event => say('player', `${event.detail.code}`));
      instance.load(`${media}/manifest.mpd`).catch(error => say('fatal', `${error.code}`));
      return { version: shaka.Player.version, estimate: () => instance.getStats().estimatedBandwidth };
    };
  },
};

function watch() {
  let before = performance.now();
  return setInterval(() => {
    const now = performance.now();
    longestLagMs = Math.max(longestLagMs, now - before - samplePeriodMs);
    before = now;
    const position = video.currentTime;
    const last = playhead.at(-1);
    if (!last || position !== last[1]) {
      if (firstFrameAt === null && position > 0 && video.readyState >= 2) firstFrameAt = now - position * 1000;
      playhead.push([now, position]);
    }
    const quality = video.getVideoPlaybackQuality();
    if (quality.droppedVideoFrames !== (frames.at(-1)?.dropped ?? 0)) {
      frames.push({ atMs: milliseconds(now), dropped: quality.droppedVideoFrames, total: quality.totalVideoFrames });
    }
  }, samplePeriodMs);
}

// A pause: the playhead stood for longer than two frames of the title.
function pauses(end) {
  const found = [];
  const started = playhead.findIndex(([, position]) => position > 0);
  if (started < 0) return found;
  for (let i = started + 1; i <= playhead.length; i++) {
    const until = i < playhead.length ? playhead[i][0] : end;
    const from = playhead[i - 1][0];
    if (until - from > 250) found.push([from, until - from]);
  }
  return found;
}

const milliseconds = time => Math.round(time - loadedAt);

// Behind a gateway the title lies within a session's own address; a player's reports stand in the query.
function pathOf(name) {
  const url = name.split('?')[0];
  const mark = '/origin/title/';
  if (url.startsWith(media)) return url.slice(media.length + 1);
  return url.includes(mark) ? url.slice(url.indexOf(mark) + mark.length) : null;
}

function loads() {
  return performance.getEntriesByType('resource').filter(entry => pathOf(entry.name) !== null).map(entry => ({
    path: pathOf(entry.name),
    sentMs: milliseconds(entry.startTime),
    beganMs: milliseconds(entry.responseStart || entry.responseEnd),
    endedMs: milliseconds(entry.responseEnd),
    bytes: entry.encodedBodySize,
  }));
}

performance.setResourceTimingBufferSize(5000);
const estimates = [];

async function run() {
  const start = await players[player]();
  video.autoplay = true;
  await new Promise(resolve => setTimeout(resolve, 1000));
  const connection = navigator.connection;
  const downlink = connection?.downlink;
  connection?.addEventListener('change', () => say('downlink', connection.downlink));
  const sampler = watch();
  loadedAt = performance.now();
  const handle = start();
  const estimator = setInterval(() => estimates.push(Math.round(handle.estimate() / 1000) || 0), 2000);
  await new Promise(resolve => setTimeout(resolve, seconds * 1000));
  const end = performance.now();
  clearInterval(sampler);
  clearInterval(estimator);
  await fetch(`/recorded/${asked.get('id')}`, {
    method: 'POST',
    body: JSON.stringify({
      version: handle.version,
      downlinkMbps: downlink,
      startupMs: firstFrameAt === null ? null : milliseconds(firstFrameAt),
      stalls: pauses(end).map(([at, lasted]) => ({ atMs: milliseconds(at), lastedMs: Math.round(lasted) })),
      drops: frames,
      loads: loads(),
      suggestions,
      estimatesKbps: estimates,
      longestLagMs: Math.round(longestLagMs),
      errors,
    }),
  });
}

run().catch(error => fetch(`/recorded/${asked.get('id')}`, { method: 'POST', body: JSON.stringify({ errors: [String(error)] }) }));
