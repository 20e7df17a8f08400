import { loadTitles } from '../js/catalogue.js';
import { Player } from './player.js';
import { View } from './view.js';
import { describe } from './words.js';

/**
 * The page of tracks in chunks. An address can say what to play: ?title=song or ?track=song.flac, with enhanced=1, preset=warm, intensity=0.5, path=progressive|file, t=seconds and autoplay=1.
 * `window.progressivePlayer` is the play, for tests and the curious.
 */

const at = id => document.getElementById(id);
const form = at('choice');
const ownTrack = 'own';
const jump = 10;

const view = new View();
let titles = [];
let player = null;
let turns = 0;

function option(value, label) {
  const element = document.createElement('option');
  element.value = value;
  element.textContent = label;
  return element;
}

/** What is chosen: `{track, assets}`, or null after having said what is missing. */
function chosen() {
  if (form.title.value !== ownTrack) return titles.find(title => title.id === form.title.value);
  const track = form.track.value.trim();
  const complaint = track === '' ? 'Type the name of a track.' : /\/|^\.\.?$/.test(track) ? 'A track is one name, without a slash.' : '';
  form.track.setCustomValidity(complaint);
  if (complaint === '') return { track, assets: {} };
  form.track.reportValidity();
  return null;
}

function settings() {
  return { enhanced: form.enhanced.checked, preset: form.preset.value, intensity: Number(form.intensity.value) };
}

async function open(seconds = 0) {
  const since = performance.now();
  const what = chosen();
  if (what === null) return;
  const turn = ++turns;
  const before = player;
  const next = player = window.progressivePlayer = new Player(at('sound'), {
    track: what.track, assets: what.assets, token: form.token.value.trim(), settings: settings(), wanted: form.path.value, since,
  });
  next.onChange = show;
  remember(what);
  show();
  await before?.close();
  // Of many titles in a row only the last one begins.
  if (turn === turns) await next.open(seconds);
  show();
}

function remember({ track }) {
  const { enhanced, preset, intensity } = settings();
  const query = new URLSearchParams(form.title.value === ownTrack ? { track } : { title: form.title.value });
  if (enhanced) Object.entries({ enhanced: 1, preset, intensity }).forEach(([name, value]) => query.set(name, value));
  if (form.path.value !== 'auto') query.set('path', form.path.value);
  history.replaceState(null, '', `?${query}`);
}

function show() {
  view.show(player);
  const playback = player?.playback ?? null;
  const failure = playback?.failure ?? playback?.trouble ?? null;
  const isFinal = playback?.failure != null;
  at('quiet').hidden = !(playback?.state === 'paused' && playback.isRefused);
  const box = at('failure');
  box.hidden = failure === null;
  if (failure === null) return;
  const words = describe(failure);
  box.classList.toggle('serious', isFinal);
  at('failure-headline').textContent = words.headline;
  at('failure-code').textContent = [words.status || '', words.code].filter(part => part !== '').join(' ');
  at('failure-detail').textContent = words.detail;
  at('failure-advice').textContent = isFinal ? words.advice : `It is asked for again${playback.figures.ahead > 0 ? '; what is in the buffer plays on' : ''}.`;
  at('retry').hidden = !isFinal;
}

function toggle() {
  const playback = player?.playback;
  if (!playback) return;
  if (playback.state === 'playing' || playback.state === 'waiting') playback.pause();
  else if (playback.state === 'ended') {
    playback.seek(0);
    playback.play();
  } else playback.play();
}

const move = seconds => {
  const playback = player?.playback;
  if (playback) playback.seek(playback.position + seconds);
};

const keys = { ' ': toggle, k: toggle, j: () => move(-jump), l: () => move(jump), ArrowLeft: () => move(-5), ArrowRight: () => move(5), Home: () => player?.playback?.seek(0) };

function listen() {
  form.addEventListener('submit', event => {
    event.preventDefault();
    void open();
  });
  form.title.addEventListener('change', () => { at('track-field').hidden = form.title.value !== ownTrack; });
  form.track.addEventListener('input', () => form.track.setCustomValidity(''));
  for (const name of ['enhanced', 'preset', 'intensity']) {
    form[name].addEventListener('change', () => {
      player?.switchTo(settings());
      show();
    });
  }
  form.intensity.addEventListener('input', () => { at('intensity-value').textContent = form.intensity.value; });
  at('play').addEventListener('click', toggle);
  at('back').addEventListener('click', keys.j);
  at('forward').addEventListener('click', keys.l);
  at('retry').addEventListener('click', () => player?.playback?.play());
  at('seek').addEventListener('change', event => player?.playback?.seek(Number(event.target.value)));
  at('volume').addEventListener('input', event => { at('sound').volume = Number(event.target.value); });
  document.addEventListener('keydown', event => {
    const isTyping = event.target.closest('input, select, textarea, button, summary, a') !== null;
    if (isTyping || event.ctrlKey || event.metaKey || event.altKey || keys[event.key] === undefined) return;
    event.preventDefault();
    keys[event.key]();
  });
  addEventListener('pagehide', () => player?.leave());
  navigator.mediaSession?.setActionHandler('play', () => player?.playback?.play());
  navigator.mediaSession?.setActionHandler('pause', () => player?.playback?.pause());
}

async function begin() {
  const asked = new URLSearchParams(location.search);
  try {
    titles = (await loadTitles()).titles.filter(title => typeof title.track === 'string');
  } catch {
    // A name can be typed.
  }
  form.title.replaceChildren(...titles.map(title => option(title.id, title.name)), option(ownTrack, 'A track of my own…'));
  if (asked.has('track') || titles.length === 0) form.title.value = ownTrack;
  else if (titles.some(title => title.id === asked.get('title'))) form.title.value = asked.get('title');
  form.track.value = asked.get('track') ?? '';
  at('track-field').hidden = form.title.value !== ownTrack;
  form.enhanced.checked = asked.get('enhanced') === '1';
  for (const name of ['preset', 'path']) if ([...form[name].options].some(entry => entry.value === asked.get(name))) form[name].value = asked.get(name);
  if (asked.has('intensity')) form.intensity.value = asked.get('intensity');
  at('intensity-value').textContent = form.intensity.value;
  listen();
  at('open').disabled = false;
  show();
  setInterval(show, 250);
  if (asked.get('autoplay') === '1') await open(Number(asked.get('t')) || 0);
}

void begin();
