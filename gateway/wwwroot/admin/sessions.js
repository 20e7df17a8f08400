/**
 * The table of sessions: filtered by the gateway, which knows more of them than fit on a page, sorted here. Rows belong to their session, so that focus and selection stay where they are while the
 * figures change. Whatever a client controls is set as text.
 */
import { bitrate, clock } from '../js/words.js';
import { endSession } from './actions.js';
import { openTimeline } from './timeline.js';

const rowsShown = 200;
const element = id => document.getElementById(id);

const age = session => (session.now - Date.parse(session.lastActivityAt)) / 1000;

function stateOf(session) {
  if (session.endedAt !== undefined) {
    return { text: `ended: ${session.endReason}`, kind: 'soft' };
  }
  if (!session.isPlaying) {
    return { text: session.state === 'paused' ? 'paused' : 'quiet', kind: 'soft' };
  }
  return { text: session.state, kind: session.state === 'playing' ? 'good' : session.state === 'buffering' ? 'bad' : 'soft' };
}

const number = (value, isBad = false) => ({ text: `${value}`, kind: isBad ? 'number bad' : 'number' });
const share = session => {
  const { buffer, cache, origin } = session.segments;
  return buffer + cache + origin === 0 ? null : (buffer + cache) / (buffer + cache + origin);
};

/** Each column: what it is sorted by, and what it shows. */
const columns = {
  title: [s => s.mediaId, s => ({ text: s.mediaId, kind: 'media' })],
  network: [s => s.network ?? '', s => ({ text: s.network ?? '–', kind: 'soft' })],
  player: [s => s.player ?? '', s => ({ text: s.player ?? 'unknown', kind: s.player ? '' : 'soft' })],
  state: [s => stateOf(s).text, stateOf],
  engine: [s => `${s.engine} ${s.protocol}`, s => ({ text: s.engine === 'direct' ? 'direct' : `segmented, ${s.protocol.toUpperCase()}`, kind: 'soft' })],
  position: [s => s.positionSec, s => ({ text: s.positionSec > 0 ? clock(s.positionSec) : '–', kind: 'number' })],
  bitrate: [s => s.currentBitrate, s => ({ text: s.currentBitrate > 0 ? bitrate(s.currentBitrate * 1000) : '–', kind: 'number' })],
  line: [s => s.bandwidthEstimateKbps ?? -1, s => ({ text: s.bandwidthEstimateKbps ? bitrate(s.bandwidthEstimateKbps * 1000) : '–', kind: 'number' })],
  stalls: [s => s.totalBufferTime * 1000 + s.bufferingEvents, s => number(s.bufferingEvents === 0 ? 0 : `${s.bufferingEvents} (${s.totalBufferTime.toFixed(1)} s)`, s.bufferingEvents > 0)],
  switches: [s => s.qualitySwitches, s => number(s.qualitySwitches)],
  memory: [s => share(s) ?? -1, s => ({ text: share(s) === null ? '–' : `${Math.round(100 * share(s))} %`, kind: 'number' })],
  errors: [s => s.errorCount, s => number(s.errorCount, s.errorCount > 0)],
  began: [s => s.createdAt, s => ({ text: new Date(s.createdAt).toLocaleTimeString(), kind: 'number soft' })],
  seen: [s => -age(s), s => ({ text: `${Math.max(0, Math.round(age(s)))} s`, kind: 'number soft' })],
  id: [s => s.sessionId, s => ({ text: s.sessionId.slice(0, 8), kind: 'soft id' })],
};

const rows = new Map();
// What does not change while somebody aims at a row.
let sortedBy = 'began';
let isDown = true;
let shown = [];

const wanted = {
  all: () => true,
  playing: session => session.isPlaying,
  trouble: session => session.bufferingEvents > 0 || session.errorCount > 0,
};

function rowOf(session) {
  const known = rows.get(session.sessionId);
  if (known !== undefined) {
    known.session = session;
    return known;
  }
  const row = document.createElement('tr');
  const made = { row, session };
  for (const name of Object.keys(columns)) {
    const cell = row.insertCell();
    if (name === 'title') {
      const open = document.createElement('button');
      open.type = 'button';
      open.className = 'link';
      open.addEventListener('click', () => openTimeline(made.session.sessionId));
      cell.append(open);
    }
  }
  const end = document.createElement('button');
  end.type = 'button';
  end.className = 'small';
  end.textContent = 'End…';
  end.addEventListener('click', () => endSession(made.session));
  made.end = end;
  row.insertCell().append(end);
  rows.set(session.sessionId, made);
  return made;
}

function fill({ row, session, end }) {
  row.dataset.session = session.sessionId;
  end.hidden = session.endedAt !== undefined;
  end.setAttribute('aria-label', `End the session ${session.sessionId}`);
  Object.entries(columns).forEach(([name, [, show]], column) => {
    const cell = row.cells[column];
    const { text, kind } = show(session);
    const target = name === 'title' ? cell.firstChild : cell;
    if (target.textContent !== text) {
      target.textContent = text;
    }
    const title = name === 'id' ? session.sessionId : text;
    if (cell.title !== title) {
      cell.title = title;
    }
    if (cell.className !== kind) {
      cell.className = kind;
    }
  });
}

function arrange() {
  const [key] = columns[sortedBy];
  const sign = isDown ? -1 : 1;
  const chosen = shown.filter(wanted[element('session-which').value]).sort((a, b) => {
    const [left, right] = [key(a), key(b)];
    return sign * (typeof left === 'string' ? left.localeCompare(right) : left - right);
  });
  const first = chosen.slice(0, rowsShown);
  const body = element('session-rows');
  const kept = new Set(first.map(session => session.sessionId));
  for (const [id, { row }] of rows) {
    if (!kept.has(id)) {
      row.remove();
      rows.delete(id);
    }
  }
  first.forEach((session, index) => {
    const made = rowOf(session);
    fill(made);
    // A row that stands where it should is not touched: it may have the focus.
    if (body.rows[index] !== made.row) {
      body.insertBefore(made.row, body.rows[index] ?? null);
    }
  });
  element('no-sessions').hidden = first.length > 0;
  element('session-note').textContent = chosen.length > rowsShown ? `the first ${rowsShown} of ${chosen.length}` : `${chosen.length}`;
}

export async function lookAtSessions(read) {
  const query = new URLSearchParams({ ended: element('session-ended').checked });
  const text = element('session-filter').value.trim();
  if (text !== '') {
    query.set('q', text);
  }
  const answer = await read(`sessions?${query}`);
  // The gateway's own clock: this machine's may be wrong.
  const now = Date.parse(answer.headers.get('Date') ?? '') || Date.now();
  shown = (await answer.json()).map(session => ({ ...session, now }));
  arrange();
}

export function clearSessions() {
  shown = [];
  arrange();
}

for (const button of document.querySelectorAll('#sessions th button')) {
  button.addEventListener('click', () => {
    isDown = sortedBy === button.name ? !isDown : button.closest('th').classList.contains('number');
    sortedBy = button.name;
    for (const head of document.querySelectorAll('#sessions th')) {
      head.removeAttribute('aria-sort');
    }
    button.closest('th').setAttribute('aria-sort', isDown ? 'descending' : 'ascending');
    arrange();
  });
}
element('session-which').addEventListener('change', arrange);
