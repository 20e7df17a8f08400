import { bytes, clock } from '../js/words.js';
import { CaptureSession } from './capture-session.js';
import { canRecord } from './recorder.js';
import { cameras, qualities, sources } from './source.js';
import { explainAnswer, insecure, noEncoder } from './explanations.js';
import { every } from './timer.js';

/**
 * The capture page. `window.captureState` says what it shows, for tests and the curious. An address may choose: ?source=camera&sound=none&quality=480, recorder=media-recorder for the second choice of
 * recorder, chunk, the seconds of a chunk, and patience, the seconds for which one is tried again before the user is asked.
 */

const at = id => document.getElementById(id);
const form = at('choice');
const asked = new URLSearchParams(location.search);
const sounds = { own: 'What it plays', microphone: 'Microphone', none: 'No sound' };
const phases = { idle: 'Nothing yet', opening: 'Waiting for the browser', recording: 'On air', ending: 'Sending the rest', ended: 'Ended' };

/** @type {CaptureSession | null} */
let capture = null;
let unusable = null;

function option(value, label) {
  const element = document.createElement('option');
  element.value = value;
  element.textContent = label;
  return element;
}

/** A number that the address chooses. */
function number(name, least, most, usual) {
  const value = Number.parseInt(asked.get(name) ?? '', 10);
  return value >= least && value <= most ? value : usual;
}

/** Sounds that the chosen source can have; the first is the usual one. */
function offer() {
  const isCamera = form.source.value === 'camera';
  const ids = isCamera ? ['microphone', 'none'] : ['own', 'microphone', 'none'];
  const chosen = form.sound.value;
  form.sound.replaceChildren(...ids.map(id => option(id, sounds[id])));
  form.sound.value = ids.includes(chosen) ? chosen : ids[0];
  at('camera-field').hidden = !isCamera || form.camera.options.length < 2;
}

async function offerCameras() {
  const chosen = form.camera.value;
  const found = await cameras().catch(() => []);
  form.camera.replaceChildren(...found.map(({ id, name }) => option(id, name)));
  if (found.some(({ id }) => id === chosen)) {
    form.camera.value = chosen;
  }
  offer();
}

async function start() {
  if (unusable !== null || isRunning()) {
    return;
  }
  const choice = Object.fromEntries(['source', 'sound', 'quality', 'camera', 'title', 'token'].map(name => [name, form[name].value.trim()]));
  capture = new CaptureSession({ ...choice, recorder: asked.get('recorder'), chunkSeconds: number('chunk', 1, 10, 5), patience: number('patience', 0, 3600, 120) * 1000 }, show);
  at('copied').textContent = '';
  show();
  await capture.start();
  if (capture.failure?.code.startsWith('401')) {
    form.querySelector('details').open = true;
    form.token.focus();
  }
  // Now that one was allowed, the cameras have names.
  await offerCameras();
}

function isRunning() {
  return capture !== null && capture.phase !== 'ended';
}

function show() {
  const phase = capture?.phase ?? 'idle';
  const queue = capture?.queue?.state ?? { phase: 'idle', recorded: 0, sent: 0, dropped: 0, waiting: 0, waitingBytes: 0, index: null, problem: null };
  window.captureState = { phase, queue, seconds: capture?.seconds ?? 0, playlistUrl: capture?.session?.playlistUrl ?? null, failure: capture?.failure ?? unusable, label: capture?.label ?? '' };
  at('start').disabled = unusable !== null || isRunning();
  at('stop').disabled = !isRunning() || phase === 'ending';
  for (const field of form.querySelectorAll('select, input')) {
    field.disabled = isRunning();
  }
  showStage(phase);
  showFigures(phase, queue);
  fill('failure', capture?.failure ?? unusable);
  fill('question', queue.phase === 'asking' ? explainAnswer(queue.problem) : null);
  at('question-index').textContent = queue.index ?? '';
  showNotice(phase, queue);
  showAddress();
}

function showStage(phase) {
  const preview = at('preview');
  const stream = phase === 'ended' || phase === 'idle' ? null : capture.stream;
  if (preview.srcObject !== stream) {
    preview.srcObject = stream;
  }
  at('stage').classList.toggle('open', stream !== null);
}

function showFigures(phase, queue) {
  at('phase').dataset.phase = capture?.failure && phase === 'ended' ? 'failed' : phase;
  write('phase', capture?.failure && phase === 'ended' && queue.recorded === 0 ? 'Not started' : phases[phase]);
  write('length', clock(phase === 'recording' ? (performance.now() - capture.startedAt) / 1000 : capture?.seconds ?? 0));
  write('format', capture?.label ?? '');
  write('recorded', queue.recorded);
  write('sent', queue.sent);
  write('sent-note', queue.phase === 'sending' ? `sending ${queue.index}` : '');
  write('waiting', queue.waiting);
  write('waiting-note', queue.waiting > 0 ? bytes(queue.waitingBytes) : '');
  write('dropped', queue.dropped);
}

function showNotice(phase, queue) {
  const trouble = queue.phase === 'waiting' && queue.problem !== null ? explainAnswer(queue.problem) : null;
  const text = trouble !== null ? `${trouble.headline}: chunk ${queue.index} is tried again by itself. ${phase === 'recording' ? 'The recording goes on, and what it makes waits here.' : 'Keep this page open.'}`
    : phase === 'ending' ? 'Keep this page open until the rest is sent.' : capture?.notice ?? '';
  at('notice').hidden = text === '';
  write('notice', text);
}

function showAddress() {
  const url = capture?.session?.playlistUrl;
  at('share-empty').hidden = url !== undefined;
  at('share-address').hidden = url === undefined;
  if (url !== undefined && at('playlist').value !== url) {
    at('playlist').value = url;
    at('watch').href = `../?${new URLSearchParams({ asset: url, player: 'hlsjs', autoplay: '1', muted: '1' })}`;
  }
}

function fill(id, explanation) {
  at(id).hidden = explanation === null;
  for (const part of ['headline', 'code', 'detail', 'advice']) {
    write(`${id}-${part}`, explanation?.[part] ?? '');
  }
}

/** Only what is different is written: a screen reader reads what changes. */
function write(id, value) {
  const text = String(value);
  if (at(id).textContent !== text) {
    at(id).textContent = text;
  }
}

async function copy() {
  at('playlist').select();
  try {
    await navigator.clipboard.writeText(at('playlist').value);
    at('copied').textContent = 'Copied.';
  } catch {
    at('copied').textContent = 'The address is selected: copy it with the keyboard.';
  }
}

async function open() {
  form.source.replaceChildren(...Object.entries(sources).map(([id, name]) => option(id, name)));
  form.quality.replaceChildren(...Object.entries(qualities).map(([id, { name }]) => option(id, name)));
  form.source.value = sources[asked.get('source')] ? asked.get('source') : navigator.mediaDevices?.getDisplayMedia ? 'screen' : 'camera';
  form.quality.value = qualities[asked.get('quality')] ? asked.get('quality') : '720';
  if (!navigator.mediaDevices?.getDisplayMedia) {
    // Phones have no screen to share.
    form.source.querySelectorAll('[value=screen], [value=window]').forEach(entry => entry.remove());
  }
  if (!window.isSecureContext || !navigator.mediaDevices) {
    unusable = insecure;
  } else if (!await canRecord()) {
    unusable = noEncoder;
  } else {
    await offerCameras();
  }
  offer();
  if (sounds[asked.get('sound')]) {
    form.sound.value = asked.get('sound');
  }

  form.addEventListener('submit', event => {
    event.preventDefault();
    start();
  });
  form.source.addEventListener('change', offer);
  at('stop').addEventListener('click', () => capture?.stop());
  at('retry').addEventListener('click', () => capture?.queue?.retry());
  at('drop').addEventListener('click', () => capture?.queue?.drop());
  at('give-up').addEventListener('click', () => capture?.giveUp());
  at('copy').addEventListener('click', copy);
  at('playlist').addEventListener('focus', event => event.target.select());
  addEventListener('online', () => capture?.queue?.retry());
  // What is not sent lies in this page's memory only.
  addEventListener('beforeunload', event => {
    if (isRunning()) {
      event.preventDefault();
    }
  });
  navigator.mediaDevices?.addEventListener?.('devicechange', () => isRunning() || offerCameras());
  every(500, () => isRunning() && show());
  show();
}

open();
