/**
 * What happened to one session: where it stands, why its picture stood, and each event. Whatever a client controls is set as text. `#session=<id>` in the address opens it, so that it can stand in a
 * ticket.
 */
import { bitrate, bytes, clock } from '../js/words.js';
import { endSession, purge } from './actions.js';
import { read } from './gateway.js';
import { drawStrip } from './strip.js';

const element = id => document.getElementById(id);
const dialog = element('timeline');
const seconds = ms => (ms < 1000 ? `${Math.round(ms)} ms` : `${(ms / 1000).toFixed(1)} s`);
const rate = kbps => bitrate(kbps * 1000);

let open = null;
let shown = null;

/** In words, what made a viewer wait. */
function cause({ cause, originMs, lineMs, lineKbps, neededKbps, failed, reason }) {
  switch (cause) {
    case 'failures': return `${failed} request${failed === 1 ? '' : 's'} failed${reason ? ` (${reason})` : ''}.`;
    case 'origin': return `The origin: late requests waited ${seconds(originMs)} for it, together${lineMs > 500 ? `, and the viewer's line took ${seconds(lineMs)}` : ''}.`;
    case 'line': return `The viewer's line: it took ${seconds(lineMs)}${lineKbps ? `, ${rate(lineKbps)}` : ''}${neededKbps ? ` for a rendition of ${rate(neededKbps)}` : ''}.`;
    case 'player': return 'Neither origin nor line: what was asked for came in time, or nothing was asked for. The player or its device.';
    default: return 'The gateway saw nothing of most of that time: it lies before the first request, as loading the page does, or the requests are not held any more.';
  }
}

const sources = { buffer: 'memory, fetched ahead', cache: 'memory', origin: 'the origin' };

function what(event) {
  switch (event.event) {
    case 'session.create': return 'Session begins';
    case 'session.end': return `Session ends: ${event.reason}`;
    case 'manifest.fetch': return `Manifest${event.rendition ? ` of ${event.rendition}` : ''}`;
    case 'segment.fetch': return `${event.part === 'init' ? 'Init section' : event.part === 'key' ? 'Key' : event.part === 'part' ? 'Part' : 'Segment'}${event.rendition ? ` ${event.rendition}` : ''}${event.mediaSec === undefined ? '' : ` at ${clock(event.mediaSec)}`}`;
    case 'player.startup_timeline': return event.tookMs === undefined ? `Start failed: ${event.reason}` : `First picture after ${seconds(event.tookMs)}`;
    case 'quality.switch': return `${event.renditionKbps > (event.fromKbps ?? 0) ? 'Up' : 'Down'} from ${rate(event.fromKbps ?? 0)} to ${rate(event.renditionKbps ?? 0)} (${event.reason === 'client' ? 'by the player' : `the gateway's advice: ${event.reason}`})`;
    case 'player.rebuffer': return `Picture stands (told by ${event.reason === 'cmcd' ? 'CMCD' : 'the player'})`;
    case 'player.rebuffer_recovered': return `Picture stood ${seconds(event.tookMs ?? 0)}`;
    default: return event.event;
  }
}

const isFailure = event => event.httpStatus >= 400 || event.reason === 'origin_broke_off' || (event.event === 'player.startup_timeline' && event.tookMs === undefined);
/** Until the viewer had it, in milliseconds. */
const arrived = event => (event.originMs === undefined ? event.tookMs : event.originMs + event.lineMs);
const isSlow = event => event.event.endsWith('.fetch') && arrived(event) >= 300 && (event.playsSec === undefined || arrived(event) > 800 * event.playsSec || (event.bufferSec !== undefined && arrived(event) > 1000 * event.bufferSec));
const isNotable = event => !event.event.endsWith('.fetch') || isFailure(event) || isSlow(event);

/** In words, for a bar's title. */
function words(event) {
  const parts = [what(event)];
  if (event.originMs !== undefined) {
    parts.push(`${seconds(arrived(event))}: origin ${seconds(event.originMs)}, line ${seconds(event.lineMs)}`);
  } else if (event.tookMs !== undefined) {
    parts.push(seconds(event.tookMs));
  }
  if (event.source) {
    parts.push(`from ${sources[event.source] ?? event.source}`);
  }
  if (isFailure(event)) {
    parts.push(`${event.httpStatus ?? ''} ${event.reason ?? ''} ${event.name ?? ''}`);
  }
  return parts.join(', ');
}

function cells(event) {
  const fetched = event.event.endsWith('.fetch');
  return [
    [new Date(event.at).toLocaleTimeString(), 'soft'],
    [what(event), isFailure(event) || event.event === 'player.rebuffer' ? 'bad' : ''],
    [event.source ? sources[event.source] ?? event.source : '', event.source === 'origin' ? '' : 'soft'],
    [fetched ? seconds(arrived(event)) : '', isSlow(event) ? 'number bad' : 'number'],
    [event.originMs === undefined ? '' : seconds(event.originMs), 'number'],
    [event.lineMs === undefined ? '' : seconds(event.lineMs), 'number'],
    [event.bytes > 0 ? bytes(event.bytes) : '', 'number'],
    [fetched && event.renditionKbps ? rate(event.renditionKbps) : '', 'number'],
    [event.bufferSec === undefined ? '' : `${event.bufferSec.toFixed(1)} s`, 'number'],
    [fetched && (event.reason || event.httpStatus >= 300) ? [event.httpStatus, event.reason, event.name].filter(Boolean).join(' ') : event.delay ? cause(event.delay) : '', 'why'],
  ];
}

function fillEvents(events) {
  const all = !element('timeline-notable').checked;
  // The latest first: the call comes right after the picture stood.
  const rows = events.filter(event => all || isNotable(event)).reverse();
  element('timeline-rows').replaceChildren(...rows.map(event => {
    const row = document.createElement('tr');
    row.className = event.event === 'player.rebuffer' ? 'stalled' : '';
    for (const [text, kind] of cells(event)) {
      const cell = row.insertCell();
      cell.textContent = text;
      cell.title = text;
      cell.className = kind;
    }
    return row;
  }));
}

function pairs(list, words) {
  list.replaceChildren(...words.flatMap(([name, value]) => {
    const term = document.createElement('dt');
    const text = document.createElement('dd');
    term.textContent = name;
    text.textContent = value;
    return [term, text];
  }));
}

function items(list, texts) {
  list.replaceChildren(...texts.map(text => {
    const item = document.createElement('li');
    item.textContent = text;
    return item;
  }));
}

function show() {
  const { session, start, dropped, events } = shown;
  element('timeline-title').textContent = session.mediaId;
  pairs(element('timeline-facts'), [
    ['Session', session.sessionId],
    ['Viewer', [session.network, session.player ?? 'unknown player'].filter(Boolean).join(', ')],
    ['Plays', `${session.engine}, ${session.protocol.toUpperCase()}${session.currentBitrate > 0 ? `, ${rate(session.currentBitrate)}` : ''}${session.bandwidthEstimateKbps ? `; its line carries ${rate(session.bandwidthEstimateKbps)}` : ''}`],
    ['State', session.endedAt ? `ended ${new Date(session.endedAt).toLocaleTimeString()} (${session.endReason})` : session.isPlaying ? session.state : 'nobody watches now'],
    ['Began', new Date(session.createdAt).toLocaleTimeString()],
    ['Stalls', session.bufferingEvents === 0 ? 'none' : `${session.bufferingEvents}, ${session.totalBufferTime.toFixed(1)} s together`],
    ['Errors', `${session.errorCount}`],
    ...(start ? [['Start-up', [['manifest', start.manifestMs], ['first segment', start.firstSegmentMs], ['picture', start.pictureMs], ['in all', start.totalMs]]
      .filter(([, ms]) => ms !== undefined).map(([name, ms]) => `${name} ${seconds(ms)}`).join(', ')]] : []),
  ]);
  const waits = events.filter(event => event.delay);
  items(element('timeline-waits'), waits.map(event => `${new Date(event.at).toLocaleTimeString()} – ${what(event)}. ${cause(event.delay)}`));
  element('timeline-well').hidden = waits.length > 0;
  element('timeline-dropped').textContent = dropped > 0 ? `${dropped} older events are not held any more.` : '';
  drawStrip(element('timeline-strip'), events, words);
  fillEvents(events);
  element('timeline-end').hidden = session.endedAt !== undefined;
  element('timeline-purge').hidden = !(session.asset ?? '').startsWith('/') || session.asset.lastIndexOf('/') === 0;
}

/** Reads the open session anew; one that has ended does not change. */
export async function lookAtTimeline() {
  if (open === null || shown?.session.endedAt !== undefined) {
    return;
  }
  const wanted = open;
  try {
    const reply = await (await read(`sessions/${encodeURIComponent(wanted)}/events`)).json();
    if (open !== wanted) {
      return;
    }
    shown = reply;
    element('timeline-note').textContent = '';
    show();
  } catch (error) {
    if (error.status !== 404 && error.status !== 410) {
      throw error;
    }
    element('timeline-note').textContent = 'This gateway does not hold the session: it ended more than 15 minutes ago, or lies on another gateway.';
  }
}

export function openTimeline(id) {
  open = id;
  shown = null;
  element('timeline-title').textContent = 'Session';
  for (const part of ['facts', 'waits', 'rows', 'strip']) {
    element(`timeline-${part}`).replaceChildren();
  }
  history.replaceState(null, '', `#session=${id}`);
  if (!dialog.open) {
    dialog.showModal();
  }
  lookAtTimeline().catch(() => {});
}

export function closeTimeline() {
  open = null;
  shown = null;
  if (dialog.open) {
    dialog.close();
  }
}

export function openFromAddress() {
  const id = /^#session=([0-9a-f]{32})$/.exec(location.hash)?.[1];
  if (id !== undefined && open !== id) {
    openTimeline(id);
  }
}

dialog.addEventListener('close', () => {
  if (open !== null) {
    open = null;
    shown = null;
    history.replaceState(null, '', location.pathname);
  }
});
element('timeline-close').addEventListener('click', () => dialog.close());
element('timeline-notable').addEventListener('change', () => shown && fillEvents(shown.events));
element('timeline-end').addEventListener('click', () => shown && endSession(shown.session));
element('timeline-purge').addEventListener('click', () => shown && purge(shown.session.asset.slice(0, shown.session.asset.lastIndexOf('/') + 1)));
window.addEventListener('hashchange', openFromAddress);
