import { loadTitles, readAsset } from '../js/catalogue.js';
import { addressOf, besides } from './address.js';
import { Engine } from './engine/engine.js';
import { SessionLife } from './session.js';
import { describe } from './words.js';
import { View } from './view.js';
import { loadWaveform } from './waveform.js';

/**
 * The page of sound files. An address can say what to play: ?title=demo or ?file=mixes/long/set.wav, with form=native|wav|opus, t=seconds and autoplay=1.
 * `window.windowPlayer` is the engine and `window.windowSession` its session, for tests and the curious.
 */

const at = id => document.getElementById(id);
const form = at('choice');
const ownFile = 'own';
const jump = 10;

const view = new View();
let titles = [];
let engine = null;
let choice = null;
let turns = 0;
let session = null;

function option(value, label) {
  const element = document.createElement('option');
  element.value = value;
  element.textContent = label;
  return element;
}

function chosen() {
  if (form.title.value !== ownFile) return { asset: titles.find(title => title.id === form.title.value).assets.file };
  return readAsset(form.file.value);
}

/** Opens what is chosen, in the first form that plays here. */
async function open(seconds = 0, isPlayed = true) {
  const { asset, complaint } = chosen();
  form.file.setCustomValidity(complaint ?? '');
  if (complaint !== undefined) {
    form.file.reportValidity();
    return;
  }
  const turn = ++turns;
  await close();
  choice = { file: asset, token: form.token.value.trim() };
  remember(asset);
  at('notice').hidden = true;
  const forms = form.form.value === 'auto' ? ['native', 'wav', 'opus'] : [form.form.value];
  for (const [n, wanted] of forms.entries()) {
    if (turn !== turns) return;
    const attempt = new Engine(addressOf({ ...choice, form: wanted }, opened => hold(opened)));
    engine = window.windowPlayer = attempt;
    attempt.onChange = () => show();
    if (isPlayed) attempt.play();
    show();
    await attempt.open(seconds);
    if (attempt.failure?.kind !== 'unplayable' || n === forms.length - 1 || turn !== turns) break;
    // The gateway has the file in other forms, or says that it has not; the first reason is told if none of them plays.
    const reason = attempt.failure.message;
    await attempt.close();
    if (!await hasForm(forms[n + 1])) break;
    tell(`${reason} It is played as ${forms[n + 1] === 'wav' ? 'WAV' : 'Opus'} instead.`);
  }
  if (turn === turns && engine.format !== null) void showWaveform(turn);
}

/** The session of what plays now; the one before has ended. */
function hold(opened) {
  session?.end();
  session = window.windowSession = new SessionLife(opened, () => engine === null || engine.format === null ? null : {
    positionSec: engine.position, isPlaying: engine.state === 'playing' || engine.state === 'waiting', bufferedUntilSec: engine.position + engine.figures.ahead,
  });
}

/** Whether the title has a form beside the file itself. */
async function hasForm(wanted) {
  let asked = null;
  try {
    const { url, headers } = await addressOf({ ...choice, form: wanted }, opened => { asked = new SessionLife(opened, () => null); })(new AbortController().signal);
    const response = await fetch(url, { method: 'HEAD', headers, cache: 'no-store' });
    return response.ok && response.headers.get('X-File-Format') === wanted;
  } catch {
    return false;
  } finally {
    asked?.end();
  }
}

async function close() {
  const old = engine;
  engine = null;
  session?.end();
  session = null;
  view.waveform = null;
  if (old !== null) {
    old.onChange = () => {};
    await old.close();
  }
}

async function showWaveform(turn) {
  try {
    const { url, headers } = engine.address;
    const waveform = await loadWaveform(besides(url, '.dat'), headers, AbortSignal.timeout(20_000));
    if (turn === turns) view.waveform = waveform;
  } catch {
    // The file plays without a picture.
  }
}

function tell(text) {
  at('notice-text').textContent = text;
  at('notice').hidden = false;
}

function remember(asset) {
  const query = new URLSearchParams();
  if (form.title.value === ownFile) query.set('file', asset);
  else query.set('title', form.title.value);
  if (form.form.value !== 'auto') query.set('form', form.form.value);
  history.replaceState(null, '', `?${query}`);
}

function show() {
  view.show(engine);
  const failure = engine?.failure ?? engine?.trouble ?? null;
  const isFinal = engine?.failure != null;
  at('quiet').hidden = !(engine?.state === 'waiting' || engine?.state === 'playing') || engine.output?.isAllowed !== false || engine.figures.frame > 0;
  const box = at('failure');
  box.hidden = failure === null;
  if (failure === null) return;
  const words = describe(failure);
  box.classList.toggle('serious', isFinal);
  at('failure-headline').textContent = words.headline;
  at('failure-code').textContent = [words.status || '', words.code].filter(part => part !== '').join(' ');
  at('failure-detail').textContent = words.detail;
  at('failure-advice').textContent = isFinal ? words.advice : `It is asked for again${engine.figures.ahead > 0 ? '; what is in memory plays on' : ''}.`;
  at('retry').hidden = !isFinal;
}

function toggle() {
  if (engine === null) return;
  if (engine.state === 'playing' || engine.state === 'waiting') engine.pause();
  else engine.play();
}

const keys = {
  ' ': toggle,
  k: toggle,
  j: () => engine?.seek(engine.position - jump),
  l: () => engine?.seek(engine.position + jump),
  ArrowLeft: () => engine?.seek(engine.position - 5),
  ArrowRight: () => engine?.seek(engine.position + 5),
  Home: () => engine?.seek(0),
};

function listen() {
  form.addEventListener('submit', event => {
    event.preventDefault();
    void open();
  });
  form.title.addEventListener('change', () => { at('file-field').hidden = form.title.value !== ownFile; });
  form.file.addEventListener('input', () => form.file.setCustomValidity(''));
  at('play').addEventListener('click', toggle);
  at('back').addEventListener('click', keys.j);
  at('forward').addEventListener('click', keys.l);
  at('retry').addEventListener('click', () => engine?.play());
  at('seek').addEventListener('change', event => engine?.seek(Number(event.target.value)));
  at('volume').addEventListener('input', event => { if (engine !== null) engine.volume = Number(event.target.value); });
  document.addEventListener('keydown', event => {
    const isTyping = event.target.closest('input, select, textarea, button, summary, a') !== null;
    if (isTyping || event.ctrlKey || event.metaKey || event.altKey || keys[event.key] === undefined) return;
    event.preventDefault();
    keys[event.key]();
  });
  addEventListener('pagehide', () => session?.end());
  navigator.mediaSession?.setActionHandler('play', () => engine?.play());
  navigator.mediaSession?.setActionHandler('pause', () => engine?.pause());
}

async function begin() {
  const asked = new URLSearchParams(location.search);
  try {
    titles = (await loadTitles()).titles.filter(title => title.assets?.file !== undefined);
  } catch (error) {
    tell(`The list of titles could not be read: ${error.message} A path of your own can be typed.`);
  }
  form.title.replaceChildren(...titles.map(title => option(title.id, title.name)), option(ownFile, 'A file of my own…'));
  if (asked.has('file') || titles.length === 0) form.title.value = ownFile;
  else if (titles.some(title => title.id === asked.get('title'))) form.title.value = asked.get('title');
  form.file.value = asked.get('file') ?? '';
  at('file-field').hidden = form.title.value !== ownFile;
  if ([...form.form.options].some(entry => entry.value === asked.get('form'))) form.form.value = asked.get('form');
  listen();
  at('open').disabled = false;
  show();
  setInterval(show, 250);
  const draw = () => {
    view.draw(engine);
    setTimeout(() => requestAnimationFrame(draw), 100);
  };
  draw();
  if (asked.get('autoplay') === '1') await open(Number(asked.get('t')) || 0);
}

void begin();
