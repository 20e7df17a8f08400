import { loadTitles } from '../js/catalogue.js';
import { Messages } from '../js/messages.js';
import { unknownTitle } from '../js/problem.js';
import { listenToKeys } from '../window/keys.js';
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

const view = new View();
const messages = new Messages(() => player?.playback?.play());
let titles = [];
let player = null;
let turns = 0;
/** Words for a title of the address that the page does not know. */
let unknown = null;

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
  unknown = null;
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
  messages.quiet(playback?.state === 'paused' && playback.isRefused);
  if (unknown !== null) {
    messages.show(unknown, true, false);
    return;
  }
  messages.showAttempt(failure === null ? null : describe(failure), isFinal, playback?.figures.ahead > 0 ? 'what is in the buffer plays on' : '');
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
  at('volume').addEventListener('input', event => { at('sound').volume = Number(event.target.value); });
  addEventListener('pagehide', () => player?.leave());
  listenToKeys({
    toggle, play: () => player?.playback?.play(), pause: () => player?.playback?.pause(), seekTo: seconds => player?.playback?.seek(seconds),
    seekBy: seconds => player?.playback?.seek(player.playback.position + seconds),
  });
}

async function begin() {
  const asked = new URLSearchParams(location.search);
  try {
    titles = (await loadTitles()).titles.filter(title => typeof title.track === 'string');
  } catch {
    // A name can be typed.
  }
  form.title.replaceChildren(...titles.map(title => new Option(title.name, title.id)), new Option('A track of my own…', ownTrack));
  if (asked.has('track') || titles.length === 0) form.title.value = ownTrack;
  else if (titles.some(title => title.id === asked.get('title'))) form.title.value = asked.get('title');
  if (asked.has('title') && form.title.value !== asked.get('title') && !asked.has('track')) unknown = unknownTitle(asked.get('title'), titles);
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
  if (asked.get('autoplay') === '1' && unknown === null) await open(Number(asked.get('t')) || 0);
}

void begin();
