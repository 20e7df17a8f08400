/**
 * The roll-out on the operator's page: stage, cohort, evidence by metric as it grows towards the line at which the wave is reverted, the last reversion, and two buttons. Each order carries the version
 * that is shown: what somebody else has changed meanwhile is never overwritten, the page shows it instead.
 */
const svgName = 'http://www.w3.org/2000/svg';
const element = id => document.getElementById(id);

/** Progress of each metric over the time that the page is open, newest last. */
const history = new Map();
const mostPoints = 240;
let wave = null;
let tag = null;
let state = null;

const percent = share => `${Math.round(share * 1000) / 10} %`;

function facts() {
  const words = [
    ['Stage', `${state.stage} – ${state.stageName}`],
    ['Mode', state.modeConfigured ? `${state.mode} (fixed by this node's configuration)` : state.mode],
    ['Cohort', `${percent(state.share)} of eligible users, sources: ${state.sources}`],
    ['Lists', `${state.allow.length} allowed, ${state.deny.length} denied`],
    ['Since', `${new Date(state.since).toLocaleString()} by ${state.by}`],
  ];
  const latest = state.latest;
  if (latest) {
    words.push(
      ['Judged sessions', `${latest.treatmentSessions} in the wave, ${latest.controlSessions} in control`],
      ['Last minute', `${latest.createFailures} of ${latest.creates} creates, ${latest.handoffFailures} of ${latest.handoffs} handoffs and ${latest.fetchFailures} of ${latest.fetches} fetches failed; ${latest.activeSessions} sessions play`],
    );
  }
  return words;
}

function fillList(list, texts) {
  list.replaceChildren(...texts.map(text => {
    const item = document.createElement('li');
    item.textContent = text;
    return item;
  }));
}

/** A line that grows towards 1, where the wave is reverted. */
function sparkline(points) {
  const svg = document.createElementNS(svgName, 'svg');
  svg.setAttribute('viewBox', `0 0 ${mostPoints} 40`);
  svg.setAttribute('preserveAspectRatio', 'none');
  svg.setAttribute('class', 'evidence');
  const limit = document.createElementNS(svgName, 'line');
  for (const [name, value] of Object.entries({ x1: 0, x2: mostPoints, y1: 2, y2: 2, class: 'limit' })) {
    limit.setAttribute(name, value);
  }
  const line = document.createElementNS(svgName, 'polyline');
  line.setAttribute('points', points.map((value, index) => `${index},${38 - 36 * value}`).join(' '));
  svg.append(limit, line);
  return svg;
}

function showEvidence() {
  const evidence = state.latest?.evidence ?? [];
  if (wave !== state.wave) {
    history.clear();
    wave = state.wave;
  }
  element('rollout-evidence').replaceChildren(...evidence.map(metric => {
    const points = history.get(metric.metric) ?? [];
    points.push(metric.progress);
    if (points.length > mostPoints) {
      points.shift();
    }
    history.set(metric.metric, points);
    const row = document.createElement('figure');
    row.dataset.metric = metric.metric;
    row.dataset.progress = metric.progress;
    const caption = document.createElement('figcaption');
    caption.textContent = `${metric.metric}: ${Math.round(metric.progress * 100)} % of the way to a reversion`;
    caption.title = metric.text;
    row.append(caption, sparkline(points));
    return row;
  }));
  element('rollout-judge').textContent = state.latest?.summary ?? 'Nothing was looked at yet in this wave.';
  fillList(element('rollout-gates'), (state.latest?.gates ?? []).map(gate => `${gate.hasPassed ? '✓' : '✗'} ${gate.text}`));
}

function show() {
  element('rollout-facts').replaceChildren(...facts().flatMap(([name, value]) => {
    const term = document.createElement('dt');
    const text = document.createElement('dd');
    term.textContent = name;
    text.textContent = value;
    return [term, text];
  }));
  showEvidence();
  const last = state.lastReversion;
  const box = element('rollout-reversion');
  box.hidden = !last;
  box.classList.toggle('serious', state.reverted);
  if (last) {
    box.textContent = `${state.reverted ? 'Reverted' : 'Last reversion'} by ${last.trigger}, ${new Date(last.at).toLocaleString()}, from stage ${last.stage} (${last.scope}): ${last.evidence} ${state.wayBack ?? ''}`;
  }
  fillList(element('rollout-missing'), [...state.warnings, ...state.missingForNext]);
  element('rollout-next').disabled = state.stage === 4 || state.reverted || state.missingForNext.length > 0;
  element('rollout-next').textContent = state.stage === 4 ? 'Last stage' : `To stage ${state.stage + 1}`;
  element('rollout-revert').textContent = state.reverted ? 'Come back' : 'Revert to direct';
}

/** Reads the state and shows it. */
export async function lookAtRollout(read) {
  const answer = await read('rollout');
  tag = answer.headers.get('ETag');
  state = await answer.json();
  show();
}

async function order(body, question, headers) {
  if (!window.confirm(question)) {
    return;
  }
  const answer = await fetch('rollout', {
    method: 'PUT', headers: { ...headers(), 'Content-Type': 'application/json', 'If-Match': tag }, body: JSON.stringify(body),
  });
  const words = answer.ok ? '' : (await answer.json().catch(() => ({}))).detail ?? `The gateway answered ${answer.status}.`;
  element('rollout-answer').textContent = words;
}

/** @param {() => object} headers with the operator's key */
export function listenToRollout(headers) {
  element('rollout-next').addEventListener('click', () => order({ stage: state.stage + 1 }, `Take the roll-out to stage ${state.stage + 1} on all gateways?`, headers));
  element('rollout-revert').addEventListener('click', () => (state.reverted
    ? order({ reverted: false }, `Come back to stage ${state.stage} on all gateways?`, headers)
    : order({ reverted: true, reason: 'from the operator\'s page' }, 'Give all new sessions direct playback, on all gateways? What plays goes on.', headers)));
}
