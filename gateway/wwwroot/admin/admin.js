/**
 * The operator's page. Every second it reads /metrics and the operators' routes and shows what changed; nothing is kept beyond the two
 * minutes of the charts. When the gateway does not answer, what is shown is old, and the page says so.
 */
import { Chart } from '../js/chart.js';
import { bitrate, shortBitrate, clock } from '../js/words.js';
import { Interval, Scrape } from './scrape.js';
import { listenToRollout, lookAtRollout } from './rollout.js';

const every = 1000;
const span = 120;
const rowsShown = 50;
const keyName = 'gateway-admin-key';
const element = id => document.getElementById(id);

const rate = value => (value < 10 ? value.toFixed(1) : Math.round(value).toString());
const milliseconds = value => (value === null ? '–' : value < 1 ? `${(value * 1000).toFixed(value < 0.01 ? 1 : 0)} ms` : `${value.toFixed(1)} s`);
const memory = value => (value < 1e9 ? `${Math.round(value / 1e6)} MB` : `${(value / 1e9).toFixed(1)} GB`);

const charts = {
  segments: new Chart(element('chart-segments'), { seconds: span, unit: 10, format: value => `${value}` }),
  out: new Chart(element('chart-out'), { seconds: span, unit: 1e6, format: shortBitrate }),
  latency: new Chart(element('chart-latency'), { seconds: span, unit: 0.01, format: milliseconds }),
  cache: new Chart(element('chart-cache'), { seconds: span, unit: 1e6, format: memory }),
  sessions: new Chart(element('chart-sessions'), { seconds: span, unit: 4, format: value => `${value}` }),
  failures: new Chart(element('chart-failures'), { seconds: span, unit: 1, format: value => `${value}` }),
};

let last = null;

function headers() {
  const key = sessionStorage.getItem(keyName);
  return key === null ? {} : { 'X-Admin-Key': key };
}

async function read(path) {
  const answer = await fetch(path, { headers: headers(), cache: 'no-store', signal: AbortSignal.timeout(5000) });
  if (answer.status === 401 || answer.status === 403) {
    throw new Refused();
  }
  if (!answer.ok) {
    throw new Error(`${path} answered ${answer.status}`);
  }
  return answer;
}

class Refused extends Error {}

function show(id, text, mood = '') {
  const target = element(id);
  target.textContent = text;
  target.classList.toggle('warn', mood === 'warn');
  target.classList.toggle('bad', mood === 'bad');
}

function showMetrics(scrape) {
  const active = scrape.sum('gateway_sessions_active');
  const pressure = Math.max(0, ...scrape.points('gateway_cache_pressure').map(point => point.value));
  show('sessions-active', `${active}`);
  show('pressure', ['normal', 'high', 'critical'][pressure], ['', 'warn', 'bad'][pressure]);
  element('version').textContent = scrape.points('gateway_build_info')[0]?.labels.version.split('+')[0] ?? '';
  charts.sessions.add(scrape.at / 1000, { area: active });
  charts.cache.add(scrape.at / 1000, { area: scrape.sum('gateway_cache_bytes'), line: scrape.sum('gateway_cache_limit_bytes'), band: pressure > 0 });
}

/** As in the objective of the alerts: what viewers leave, ask wrongly or mistype is no failure. */
const clientsFault = ['client_aborted', 'asset_not_found', 'startup_rejected', 'invalid_request', 'invalid_segment_name'];

function showInterval(interval) {
  const at = interval.after.at / 1000;
  const segments = interval.rate('gateway_segments_served_total');
  const waited = interval.rate('gateway_segments_served_total', labels => labels.source === 'origin');
  const out = interval.rate('gateway_segment_bytes_total') * 8;
  const failures = interval.rate('gateway_segment_failures_total', labels => !clientsFault.includes(labels.reason))
    + interval.rate('gateway_manifest_requests_total', labels => ['origin_failed', 'invalid', 'too_large', 'truncated'].includes(labels.outcome));
  const originFailures = interval.rate('gateway_origin_requests_total', labels => !['ok', 'not_modified', 'redirect', 'client_error', 'cancelled'].includes(labels.outcome));
  const firstByte = interval.quantile(0.95, 'gateway_segment_first_byte_seconds');
  show('segments', rate(segments));
  show('out', bitrate(out));
  show('hits', segments === 0 ? '–' : `${Math.round(100 * (1 - waited / segments))} %`);
  show('first-byte', milliseconds(firstByte));
  show('failures', rate(failures * 60), failures > 0 ? 'bad' : '');
  charts.segments.add(at, { area: segments, line: waited });
  charts.out.add(at, { area: out });
  charts.latency.add(at, { area: firstByte, line: interval.quantile(0.95, 'gateway_origin_first_byte_seconds', labels => labels.purpose === 'demand') });
  charts.failures.add(at, { area: failures, line: originFailures, band: failures > 0 });
}

/** Brings a table's rows to what is wanted without making them anew: a selection or a scroll position survives the second. */
function fill(body, rows) {
  while (body.rows.length > rows.length) {
    body.deleteRow(-1);
  }
  rows.forEach((cells, index) => {
    const row = body.rows[index] ?? body.insertRow();
    cells.forEach(({ text, kind = '' }, column) => {
      const cell = row.cells[column] ?? row.insertCell();
      if (cell.textContent !== text) {
        cell.textContent = text;
        cell.title = text;
      }
      if (cell.className !== kind) {
        cell.className = kind;
      }
    });
  });
}

const verdict = word => ({ text: word, kind: word === 'healthy' ? 'good' : word === 'unhealthy' ? 'bad' : 'soft' });

function showOrigins(origins) {
  const sick = origins.filter(origin => origin.active === 'unhealthy' || origin.passive === 'unhealthy' || origin.circuitOpen).length;
  show('health', origins.length === 0 ? 'none' : sick === 0 ? `${origins.length} good` : `${sick} of ${origins.length} bad`, sick > 0 || origins.length === 0 ? 'bad' : '');
  element('no-origins').hidden = origins.length > 0;
  fill(element('origin-rows'), origins.map(origin => [
    { text: origin.cluster },
    { text: origin.destination },
    { text: origin.address, kind: 'address' },
    verdict(origin.active),
    verdict(origin.passive),
    origin.circuitOpen ? { text: 'open', kind: 'bad' } : { text: 'closed', kind: 'good' },
    { text: `${origin.inFlight}`, kind: 'number' },
  ]));
}

/** A session without activity for a while does not wait for anything: its viewer has left or paused. */
const quietMs = 20_000;

function stateOf(session, silence) {
  if (silence > quietMs && session.state !== 'paused') {
    return { text: 'quiet', kind: 'soft' };
  }
  const kind = session.state === 'playing' ? 'good' : session.state === 'buffering' ? 'bad' : 'soft';
  return { text: session.state, kind };
}

function showSessions(sessions, active, now) {
  const latest = sessions.sort((a, b) => b.lastActivityAt.localeCompare(a.lastActivityAt)).slice(0, rowsShown);
  element('no-sessions').hidden = sessions.length > 0;
  element('session-note').textContent = sessions.length > rowsShown ? `the ${rowsShown} of ${Math.max(active, sessions.length)} seen last` : `${sessions.length}`;
  fill(element('session-rows'), latest.map(session => [
    { text: session.mediaId, kind: 'media' },
    stateOf(session, now - Date.parse(session.lastActivityAt)),
    { text: session.engine, kind: 'soft' },
    { text: session.positionSec > 0 ? clock(session.positionSec) : '–', kind: 'number' },
    { text: session.currentBitrate > 0 ? bitrate(session.currentBitrate * 1000) : '–', kind: 'number' },
    { text: `${session.bufferingEvents}`, kind: session.bufferingEvents > 0 ? 'number bad' : 'number' },
    { text: `${session.qualitySwitches}`, kind: 'number' },
    { text: `${session.segments.buffer}`, kind: 'number' },
    { text: `${session.segments.cache}`, kind: 'number' },
    { text: `${session.segments.origin}`, kind: 'number' },
    { text: `${session.errorCount}`, kind: session.errorCount > 0 ? 'number bad' : 'number' },
    { text: `${Math.max(0, Math.round((now - Date.parse(session.lastActivityAt)) / 1000))} s`, kind: 'number soft' },
  ]));
}

function trouble(text) {
  element('trouble').textContent = text;
  element('trouble').hidden = text === '';
}

async function look() {
  const [metrics, origins, sessions] = await Promise.all([read('../metrics'), read('origins'), read('sessions')]);
  // The gateway's own clock: this machine's may be wrong.
  const now = Date.parse(metrics.headers.get('Date') ?? '') || Date.now();
  const scrape = new Scrape(await metrics.text(), Date.now());
  showMetrics(scrape);
  if (last !== null) {
    showInterval(new Interval(last, scrape));
  }
  last = scrape;
  showOrigins(await origins.json());
  // The list has an end; the count has none.
  showSessions(await sessions.json(), scrape.sum('gateway_sessions_active'), now);
  await lookAtRollout(read);
}

async function run() {
  for (;;) {
    const began = Date.now();
    if (!document.hidden) {
      try {
        await look();
        trouble('');
        element('sign-in').hidden = true;
      } catch (error) {
        if (error instanceof Refused) {
          element('sign-in').hidden = false;
          element('sign-in-note').textContent = sessionStorage.getItem(keyName) === null ? '' : 'This key is not accepted.';
          await new Promise(resolve => element('sign-in').addEventListener('submit', resolve, { once: true }));
          continue;
        }
        trouble(`No answer from the gateway (${error.message}). What is shown is old.`);
      }
    }
    for (const chart of Object.values(charts)) {
      chart.draw(Date.now() / 1000);
    }
    await new Promise(resolve => setTimeout(resolve, Math.max(100, every - (Date.now() - began))));
  }
}

element('sign-in').addEventListener('submit', event => {
  event.preventDefault();
  sessionStorage.setItem(keyName, new FormData(event.target).get('key'));
});

listenToRollout(headers);
run();
