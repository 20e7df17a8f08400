import { loadTitles, readAsset } from '../js/catalogue.js';
import { Messages } from '../js/messages.js';
import { unknownTitle } from '../js/problem.js';
import { addressOf, besides } from './address.js';
import { Engine } from './engine/engine.js';
import { listenToKeys } from './keys.js';
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

const view = new View();
const messages = new Messages(() => engine?.play());
let titles = [];
let engine = null;
let choice = null;
let turns = 0;
let session = null;
/** Words for a title of the address that the page does not know. */
let unknown = null;

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
  unknown = null;
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
  messages.quiet((engine?.state === 'waiting' || engine?.state === 'playing') && engine.output?.isAllowed === false && !(engine.figures.frame > 0));
  if (unknown !== null) {
    messages.show(unknown, true, false);
    return;
  }
  messages.showAttempt(failure === null ? null : describe(failure), isFinal, engine?.figures.ahead > 0 ? 'what is in memory plays on' : '');
}

function toggle() {
  if (engine === null) return;
  if (engine.state === 'playing' || engine.state === 'waiting') engine.pause();
  else engine.play();
}

function listen() {
  form.addEventListener('submit', event => {
    event.preventDefault();
    void open();
  });
  form.title.addEventListener('change', () => { at('file-field').hidden = form.title.value !== ownFile; });
  form.file.addEventListener('input', () => form.file.setCustomValidity(''));
  at('volume').addEventListener('input', event => { if (engine !== null) engine.volume = Number(event.target.value); });
  addEventListener('pagehide', () => session?.end());
  listenToKeys({
    toggle, play: () => engine?.play(), pause: () => engine?.pause(), seekTo: seconds => engine?.seek(seconds), seekBy: seconds => engine?.seek(engine.position + seconds),
  });
}

async function begin() {
  const asked = new URLSearchParams(location.search);
  try {
    titles = (await loadTitles()).titles.filter(title => title.assets?.file !== undefined);
  } catch (error) {
    tell(`The list of titles could not be read: ${error.message} A path of your own can be typed.`);
  }
  form.title.replaceChildren(...titles.map(title => new Option(title.name, title.id)), new Option('A file of my own…', ownFile));
  if (asked.has('file') || titles.length === 0) form.title.value = ownFile;
  else if (titles.some(title => title.id === asked.get('title'))) form.title.value = asked.get('title');
  if (asked.has('title') && form.title.value !== asked.get('title') && !asked.has('file')) unknown = unknownTitle(asked.get('title'), titles);
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
  if (asked.get('autoplay') === '1' && unknown === null) await open(Number(asked.get('t')) || 0);
}

void begin();
