/**
 * A session's requests as bars over time: as long as each took, the part that waited for the origin apart from the part that the viewer's line took; behind them, where the picture stood. Video is above, audio and the rest
 * below.
 */
const svgName = 'http://www.w3.org/2000/svg';
const height = 84;
const lanes = { video: [18, 26], beside: [50, 12], manifest: [68, 8] };

function make(name, attributes, text = null) {
  const made = document.createElementNS(svgName, name);
  for (const [key, value] of Object.entries(attributes)) {
    made.setAttribute(key, value);
  }
  if (text !== null) {
    made.textContent = text;
  }
  return made;
}

function bar(x, width, [top, high], kind, title) {
  const made = make('rect', { x: x.toFixed(2), y: top, width: Math.max(width, 0.6).toFixed(2), height: high, class: kind });
  made.append(make('title', {}, title));
  return made;
}

const laneOf = event => (event.event === 'manifest.fetch' ? lanes.manifest : event.rendition === 'audio' || event.rendition === 'subtitles' || event.part === 'init' || event.part === 'key' ? lanes.beside : lanes.video);

/**
 * @param {SVGElement} svg
 * @param {any[]} events of the session
 * @param {(event: any) => string} words of one
 */
export function drawStrip(svg, events, words) {
  const times = events.flatMap(event => [Date.parse(event.at), Date.parse(event.at) + (event.tookMs ?? 0)]);
  if (times.length === 0) {
    svg.replaceChildren();
    return;
  }
  const from = times.reduce((least, time) => Math.min(least, time));
  const length = Math.max(1000, times.reduce((most, time) => Math.max(most, time)) - from);
  const x = time => (time - from) / length * 1000;
  const wide = ms => ms / length * 1000;
  svg.setAttribute('viewBox', `0 0 1000 ${height}`);
  const behind = [];
  const bars = [];
  for (const event of events) {
    const at = Date.parse(event.at);
    const told = `${new Date(at).toLocaleTimeString()} ${words(event)}`;
    if (event.event === 'player.rebuffer_recovered') {
      behind.push(bar(x(at), wide(event.tookMs ?? 0), [0, height], 'stall', told));
    } else if (event.event === 'player.rebuffer') {
      behind.push(bar(x(at), 1.5, [0, height], 'stall mark', told));
    } else if (event.event === 'quality.switch') {
      bars.push(bar(x(at), 1.5, [4, 10], 'switch', told));
    } else if (event.event === 'manifest.fetch' || event.event === 'segment.fetch') {
      const lane = laneOf(event);
      const origin = Math.min(event.originMs ?? event.tookMs, event.tookMs);
      if (event.httpStatus >= 400 || event.reason === 'origin_broke_off') {
        bars.push(bar(x(at), wide(event.tookMs), lane, 'failed', told));
      } else {
        bars.push(bar(x(at), wide(origin), lane, 'origin', told));
        bars.push(bar(x(at + origin), wide(event.lineMs ?? 0), lane, 'line', told));
      }
    }
  }
  svg.replaceChildren(...behind, ...bars);
}
