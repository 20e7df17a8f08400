/** The figures of this gateway: tiles with the last sample, charts with the last 15 minutes. The gateway keeps them, so that who opens the page late sees what went before. */
import { Chart } from '../js/chart.js';
import { bitrate, shortBitrate } from '../js/words.js';

const span = 900;
const element = id => document.getElementById(id);

const rate = value => (value < 10 ? value.toFixed(1) : Math.round(value).toString());
const milliseconds = value => (value === null ? '–' : value < 1 ? `${(value * 1000).toFixed(value < 0.01 ? 1 : 0)} ms` : `${value.toFixed(1)} s`);
const memory = value => (value < 1e9 ? `${Math.round(value / 1e6)} MB` : `${(value / 1e9).toFixed(1)} GB`);
const plain = value => `${value}`;

/** What each chart shows of a sample. */
const charts = {
  playing: [new Chart(element('chart-playing'), { seconds: span, unit: 4, format: plain }), row => ({ area: row.playing, line: row.held })],
  stalls: [new Chart(element('chart-stalls'), { seconds: span, unit: 4, format: plain }), row => ({ area: row.stalls })],
  segments: [new Chart(element('chart-segments'), { seconds: span, unit: 10, format: plain }), row => ({ area: row.segments, line: row.fromOrigin })],
  out: [new Chart(element('chart-out'), { seconds: span, unit: 1e6, format: shortBitrate }), row => ({ area: row.outBits })],
  latency: [new Chart(element('chart-latency'), { seconds: span, unit: 0.01, format: milliseconds }), row => ({ area: row.firstByte, line: row.originFirstByte })],
  failures: [new Chart(element('chart-failures'), { seconds: span, unit: 1, format: plain }), row => ({ area: row.failures, line: row.originFailures, band: row.failures > 0 })],
};

/** Where nothing was asked for, nothing took any time. */
const mayLack = ['firstByte', 'originFirstByte'];

let last = null;
let lastAt = 0;
let newest = '';

function show(id, text, mood = '') {
  const target = element(id);
  target.textContent = text;
  target.classList.toggle('warn', mood === 'warn');
  target.classList.toggle('bad', mood === 'bad');
}

function showTiles(row) {
  show('playing', plain(row.playing));
  show('held', plain(row.held));
  show('segments', rate(row.segments));
  show('out', bitrate(row.outBits));
  show('hits', row.segments === 0 ? '–' : `${Math.round(100 * (1 - row.fromOrigin / row.segments))} %`);
  show('first-byte', milliseconds(row.firstByte));
  show('failures', rate(row.failures * 60), row.failures > 0 ? 'bad' : '');
  show('stalls', rate(row.stalls), row.stalls > 0 ? 'warn' : '');
  show('cache', `${memory(row.cacheBytes)}`, ['', 'warn', 'bad'][row.pressure]);
  element('cache-note').textContent = `of ${memory(row.cacheLimit)}${['', ', pressed', ', critical'][row.pressure]}`;
}

/** Everything is forgotten: another operator, or none. */
export function clear() {
  newest = '';
  last = null;
  for (const [chart] of Object.values(charts)) {
    chart.clear();
  }
}

/** Takes what is new. Samples come every few seconds, so most looks bring none. */
export async function lookAtFigures(read) {
  const answer = await (await read(newest === '' ? 'samples' : `samples?since=${encodeURIComponent(newest)}`)).json();
  answer.at.forEach((at, index) => {
    const row = Object.fromEntries(Object.entries(answer.figures).map(([name, values]) => [name, values[index] ?? (mayLack.includes(name) ? null : 0)]));
    for (const [chart, of] of Object.values(charts)) {
      chart.add(Date.parse(at) / 1000, of(row));
    }
    last = row;
    newest = at;
    lastAt = Date.parse(at) / 1000;
  });
  if (last !== null) {
    showTiles(last);
  }
}

export const playingNow = () => last?.playing ?? 0;

export function drawFigures() {
  for (const [chart] of Object.values(charts)) {
    // By the gateway's clock: this machine's may be wrong.
    chart.draw(lastAt);
  }
}
