import { Chart } from './chart.js';
import { readCmsd } from './cmsd.js';
import * as words from './words.js';

const phases = {
  idle: 'Nothing yet',
  loading: 'Loading',
  playing: 'Playing',
  paused: 'Paused',
  rebuffering: 'Waiting for data',
  ended: 'Played to the end',
  failed: 'Stopped',
};

const sources = ['buffer', 'cache', 'origin', 'unknown'];
const longestStrip = 120;
const longestLog = 60;

/**
 * Shows the state of playback: figures, the strip of sources, charts and the last requests.
 * Everything is written with textContent, so that nothing that comes over the network is ever read as markup.
 */
export class Panel {
  #at = id => document.getElementById(id);
  #buffer;
  #throughput;
  #written = new Map();
  #announcedSources = '';
  #drawnAt = 0;

  constructor() {
    this.#buffer = new Chart(this.#at('chart-buffer'), { unit: 5, format: value => `${value} s` });
    this.#throughput = new Chart(this.#at('chart-throughput'), { floor: 100_000, unit: 1_000_000, format: words.shortBitrate });
  }

  clear() {
    this.#buffer.clear();
    this.#throughput.clear();
    this.#at('strip').replaceChildren();
    this.#at('log').replaceChildren();
    this.#at('log-empty').hidden = false;
  }

  /** @param {import('./players/index.js').Exchange} exchange */
  add(exchange) {
    const failed = exchange.problem !== undefined;
    const source = sources.includes(exchange.source) ? exchange.source : 'unknown';
    if (exchange.kind === 'segment') {
      const mark = document.createElement('span');
      mark.className = `mark ${failed ? 'failed' : source}`;
      mark.title = [`${words.shortName(exchange.url)}: ${failed ? `failed, ${exchange.status}` : source}`, exchange.cacheStatus].filter(Boolean).join('\n');
      const strip = this.#at('strip');
      strip.append(mark);
      while (strip.childElementCount > longestStrip) {
        strip.firstElementChild.remove();
      }
    }

    const row = document.createElement('tr');
    const name = cell(words.shortName(exchange.url), 'name');
    name.title = exchange.url;
    const from = cell('', 'from');
    const badge = document.createElement('span');
    badge.className = `badge ${failed ? 'failed' : exchange.source === null ? 'none' : source}`;
    badge.textContent = failed ? String(exchange.status || 'failed') : exchange.source ?? '–';
    badge.title = exchange.problem?.code ?? exchange.cacheStatus ?? '';
    from.append(badge);
    row.append(name, from, cell(`${Math.round(exchange.milliseconds)} ms`, 'number'), cell(words.bytes(exchange.bytes), 'number'));
    const log = this.#at('log');
    log.prepend(row);
    while (log.childElementCount > longestLog) {
      log.lastElementChild.remove();
    }
    this.#at('log-empty').hidden = true;
  }

  /**
   * @param {import('./state.js').PlayerState} state
   * @param {number} now seconds
   * @param {import('./session/gateway-figures.js').GatewayFigures['figures']} figures what the gateway counts
   */
  show(state, now, figures) {
    const { rendition } = state;
    this.#write('phase', phases[state.phase]);
    this.#at('phase').dataset.phase = state.phase;
    this.#write('rendition', rendition === null ? '–' : rendition.height > 0 ? `${rendition.width}×${rendition.height}` : 'Sound only');
    this.#write('rendition-note', rendition?.bitsPerSecond > 0 ? words.bitrate(rendition.bitsPerSecond) : '');
    this.#write('buffered', words.seconds(state.phase === 'idle' ? null : state.bufferSeconds));
    this.#write('throughput', words.bitrate(state.throughput));
    const line = readCmsd(state.cmsd);
    this.#write('line', words.bitrate(line.estimate ?? (figures?.estimateKbps ?? 0) * 1000));
    this.#write('line-note', line.most === null ? '' : `at most ${words.bitrate(line.most)}`);
    this.#write('gateway-counts', figures === null ? '' : countsOf(figures));
    this.#write('session', state.gatewaySession?.slice(0, 8) ?? '–');
    this.#at('session').title = state.gatewaySession ?? '';
    this.#write('startup', words.seconds(state.startupSeconds, 2));
    this.#write('rebuffers', String(state.rebuffers));
    this.#write('rebuffers-note', state.rebuffers > 0 ? words.seconds(state.rebufferSeconds) : '');
    this.#write('latency', words.seconds(state.latencySeconds));
    this.#write('latency-note', state.phase === 'idle' || state.live ? '' : 'on demand');
    this.#write('dropped', String(state.droppedFrames));
    this.#write('dropped-note', state.totalFrames > 0 ? `of ${state.totalFrames}` : '');
    this.#write('position', words.clock(state.live ? state.position - state.firstPosition : state.position));
    this.#write('position-note', state.live ? 'watched live' : state.duration === null ? '' : `of ${words.clock(state.duration)}`);
    this.#write('transferred', words.bytes(state.bytes));
    this.#write('transferred-note', state.requests > 0 ? `${state.requests} request${state.requests === 1 ? '' : 's'}` : '');
    this.#showSources(state.sources);

    // Time stands still in the charts once nothing happens any more: what led to an end stays in sight.
    if (!['idle', 'failed', 'ended'].includes(state.phase)) {
      this.#drawnAt = now;
      this.#buffer.add(now, { area: state.bufferSeconds, band: state.phase === 'rebuffering' });
      this.#throughput.add(now, { area: state.throughput, line: rendition?.bitsPerSecond || null });
    }
    this.draw();
    this.#label('chart-buffer', `Buffer over the last minute, now ${words.seconds(state.bufferSeconds)}`);
    this.#label('chart-throughput', `Throughput over the last minute, now ${words.bitrate(state.throughput)}`);
  }

  /** Only the charts, after their place has changed its size. */
  draw() {
    this.#buffer.draw(this.#drawnAt);
    this.#throughput.draw(this.#drawnAt);
  }

  #showSources(counts) {
    for (const source of sources) {
      this.#write(`count-${source}`, String(counts[source]));
    }
    this.#at('legend-unknown').hidden = counts.unknown === 0;
    const said = sources.filter(source => counts[source] > 0).map(source => `${counts[source]} from ${source}`).join(', ');
    if (said !== this.#announcedSources) {
      this.#announcedSources = said;
      this.#label('strip', said === '' ? 'No segments yet' : `Segments, newest last: ${said}`);
    }
  }

  /** Writes only what changed: five times a second, twenty places, most of them the same as before. */
  #write(id, value) {
    if (this.#written.get(id) !== value) {
      this.#written.set(id, value);
      this.#at(id).textContent = value;
    }
  }

  #label(id, value) {
    const key = `${id} label`;
    if (this.#written.get(key) !== value) {
      this.#written.set(key, value);
      this.#at(id).setAttribute('aria-label', value);
    }
  }
}

function countsOf({ segments, stalls, stallSeconds }) {
  return `The gateway counts ${segments.buffer} + ${segments.cache} + ${segments.origin}, ${stalls} rebuffer${stalls === 1 ? '' : 's'}${stalls > 0 ? ` of ${words.seconds(stallSeconds)}` : ''}`;
}

function cell(value, className) {
  const element = document.createElement('td');
  element.className = className;
  element.textContent = value;
  return element;
}
