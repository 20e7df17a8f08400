import { formatOf, formats, loadTitles, playUrl, readAsset } from './catalogue.js';
import { Group } from './group.js';
import { Panel } from './panel.js';
import { findMissing, players } from './players/index.js';
import { Playback } from './playback.js';
import { idleState } from './state.js';

/**
 * The player page. `window.playerState` is a fresh PlayerState (see state.js) five times a second, for tests and the curious.
 *
 * An address can say what to play: ?title=demo&format=hls&player=hlsjs, ?asset=films/x/master.m3u8, and autoplay=1, muted=1.
 */

const at = id => document.getElementById(id);
const form = at('choice');
const video = at('video');
const ownAsset = 'own';
const tickMs = 200;

const panel = new Panel();
let titles = [];
/** What the gateway recommends, and the settings that it gives; nothing of it is built into the page. Null without an answer. */
let advice = null;
/** Until when it may be used for one more start. */
let advisedUntil = -Infinity;
const adviceMs = 2_000;
/** Whether the viewer has chosen a format; from then on the gateway's order does not change it. */
let isChosen = false;
let missing = new Set();
let playback = null;
let group = null;
let groupName = null;
let shownFailure = null;
let turns = 0;

window.playerState = idleState();

function option(value, label) {
  const element = document.createElement('option');
  element.value = value;
  element.textContent = label;
  return element;
}

/** Formats that the chosen title has, and players that play the chosen format. Whatever still fits stays chosen. */
function offer() {
  const own = form.title.value === ownAsset;
  const title = titles.find(candidate => candidate.id === form.title.value);
  at('asset-field').hidden = !own;
  at('format-field').hidden = own;

  const offered = own ? [formatOf(form.asset.value)] : Object.keys(title?.assets ?? {});
  refill(form.format, offered, id => formats[id]);

  const fitting = Object.keys(players).filter(id => players[id].plays.includes(form.format.value));
  refill(form.player, fitting, id => (missing.has(id) ? `${players[id].name} (not installed)` : players[id].name));
  at('missing').hidden = !missing.has(form.player.value);
  if (missing.has(form.player.value)) {
    at('missing-what').textContent = `${players[form.player.value].name} is not installed: ${new URL(players[form.player.value].file).pathname} is missing.`;
  }
}

function refill(select, ids, label) {
  const chosen = select.value;
  select.replaceChildren(...ids.map(id => option(id, label(id))));
  if (ids.includes(chosen)) {
    select.value = chosen;
  } else {
    // Nothing that was chosen fits any more: the first that can play at once.
    select.value = ids.find(id => !missing.has(id)) ?? ids[0] ?? '';
  }
}

function chosenAsset() {
  if (form.title.value === ownAsset) {
    return readAsset(form.asset.value);
  }
  const title = titles.find(candidate => candidate.id === form.title.value);
  return { asset: title.assets[form.format.value] };
}

async function play() {
  const turn = ++turns;
  // Each start follows what the gateway says now; what plays keeps what it has.
  if (performance.now() > advisedUntil) {
    await askEngine();
    if (turn !== turns) {
      return;
    }
  }
  advisedUntil = -Infinity;
  obey();
  const { asset, complaint } = chosenAsset();
  form.asset.setCustomValidity(complaint ?? '');
  if (complaint !== undefined) {
    form.asset.reportValidity();
    return;
  }
  await stop();
  if (missing.has(form.player.value)) {
    // It may have been installed since the page was opened.
    missing = await findMissing();
    offer();
  }
  if (turn !== turns || missing.has(form.player.value)) {
    return;
  }
  panel.clear();
  video.muted = form.muted.checked;
  at('stage').classList.add('open');
  remember();

  const joined = await join();
  if (turn !== turns) {
    joined?.close();
    return;
  }
  group = joined;
  const choice = joined?.choice ?? { player: form.player.value, asset, url: playUrl(asset, form.token.value.trim(), follows() ? advice.draw : null) };
  playback = new Playback(video, { ...choice, profile: advice?.profile, startupTimeoutMs: advice?.startupTimeoutMs }, exchange => panel.add(exchange));
  const mine = playback;
  at('stop').disabled = false;
  tick();
  await mine.start();
  if (playback === mine) {
    await startPlayback();
  }
}

/** A session of the group that the address names, and where to play it; null without a group. The gateway chooses the engine. */
async function join() {
  const title = titles.find(candidate => candidate.id === form.title.value);
  if (!groupName || title === undefined) {
    return null;
  }
  try {
    return await Group.join(video, groupName, title, form.token.value.trim());
  } catch (error) {
    showFailure({ headline: 'The group could not be joined', detail: error.message, advice: 'The title plays for you alone.', code: '', status: 0 }, false);
    return null;
  }
}

/** Asks the gateway which engine to use. Without an answer the page goes on with the first format of a title. */
async function askEngine() {
  try {
    const token = form.token.value.trim();
    const answer = await fetch(new URL('api/v1/playback/engine', document.baseURI), { cache: 'no-store', headers: token ? { Authorization: `Bearer ${token}` } : {} });
    advice = answer.ok ? await answer.json() : null;
  } catch {
    advice = null;
  }
  advisedUntil = performance.now() + adviceMs;
}

/** Whether the start is the one that the gateway has drawn: the title comes either way, and the viewer has chosen neither. Only then does it count for the comparison of the two. */
function follows() {
  const { assets } = titles.find(candidate => candidate.id === form.title.value) ?? { assets: {} };
  const isFile = form.format.value === 'file';
  return !isChosen && advice !== null && 'file' in assets && Object.keys(assets).length > 1 && isFile === (advice.engine === 'direct');
}

/** Brings the format to what the gateway recommends, where the viewer has chosen none. */
function obey() {
  if (isChosen || advice === null || form.title.value === ownAsset) {
    return;
  }
  const formatsHere = [...form.format.options].map(entry => entry.value);
  const wanted = advice.engine === 'direct' ? formatsHere.find(id => id === 'file') : formatsHere.find(id => id !== 'file');
  if (wanted !== undefined && wanted !== form.format.value) {
    form.format.value = wanted;
    offer();
    if (wanted === 'file') {
      form.player.value = 'native';
    }
  }
}

/** Browsers refuse sound without a click; muted video they allow. */
async function startPlayback() {
  try {
    await video.play();
  } catch (error) {
    if (error.name === 'NotAllowedError' && !video.muted) {
      video.muted = true;
      at('quiet').hidden = false;
      await video.play().catch(() => {});
    }
    // Anything else, such as a source that turned out bad, is told by the player itself.
  }
}

async function stop() {
  group?.close();
  group = null;
  at('stop').disabled = true;
  at('quiet').hidden = true;
  at('stage').classList.remove('open');
  const old = playback;
  playback = null;
  await old?.close();
  showFailure(null);
  publish(idleState());
}

/** The address bar holds the present choice, so that it can be sent to somebody. The token stays out of it. */
function remember() {
  const query = new URLSearchParams();
  if (form.title.value === ownAsset) {
    query.set('asset', form.asset.value.trim());
  } else {
    query.set('title', form.title.value);
  }
  // What nobody has chosen is not handed on: whoever opens the address follows the gateway.
  if (isChosen && form.title.value !== ownAsset) {
    query.set('format', form.format.value);
  }
  if (isChosen || form.title.value === ownAsset) {
    query.set('player', form.player.value);
  }
  if (groupName) {
    query.set('group', groupName);
  }
  if (form.muted.checked) {
    query.set('muted', '1');
  }
  history.replaceState(null, '', `?${query}`);
}

function showFailure(words, serious = true) {
  const key = words === null ? null : `${serious} ${words.headline} ${words.detail} ${words.advice}`;
  if (key === shownFailure) {
    return;
  }
  shownFailure = key;
  const box = at('failure');
  box.hidden = words === null;
  box.classList.toggle('serious', serious);
  at('failure-headline').textContent = words?.headline ?? '';
  at('failure-detail').textContent = words?.detail ?? '';
  at('failure-advice').textContent = words?.advice ?? '';
  at('failure-code').textContent = [words?.status || '', words?.code ?? ''].filter(part => part !== '').join(' ');
}

function publish(state) {
  window.playerState = state;
  panel.show(state, performance.now() / 1000);
  if (playback !== null) {
    showFailure(state.fatalError ?? state.trouble, state.fatalError !== null);
  }
}

function tick() {
  if (playback !== null) {
    publish(playback.read());
  }
}

/** The page's policy lets it talk to the gateway only, so a manifest that leads elsewhere shows itself here. */
document.addEventListener('securitypolicyviolation', event => {
  if (!/^(connect|media|img)-src/.test(event.effectiveDirective) || playback === null) {
    return;
  }
  playback.blocked({
    headline: 'The manifest leads away from the gateway',
    detail: `It names ${event.blockedURI}, which is no destination of the gateway, so the gateway left it as it is.`,
    advice: 'Add that host to a cluster: as a destination, or to the cluster’s metadata “Media.Hosts”.',
    code: '', status: 0,
  });
});

async function open() {
  const asked = new URLSearchParams(location.search);
  groupName = asked.get('group');
  let isUnknown = false;
  try {
    let catalogue;
    [catalogue, missing] = await Promise.all([loadTitles(), findMissing(), askEngine()]);
    titles = catalogue.titles;
    at('capture').hidden = catalogue.capture === null;
    at('capture').href = catalogue.capture ?? '';
  } catch (error) {
    showFailure({
      headline: 'The list of titles could not be read', detail: error.message, advice: 'Type an asset path of your own.', code: '', status: 0,
    });
    missing = await findMissing();
  }

  form.title.replaceChildren(...titles.map(title => option(title.id, title.name)), option(ownAsset, 'An asset of my own…'));
  if (asked.has('asset')) {
    form.title.value = ownAsset;
    form.asset.value = asked.get('asset');
  } else if (titles.some(title => title.id === asked.get('title'))) {
    form.title.value = asked.get('title');
  } else if (asked.has('title')) {
    isUnknown = true;
    form.title.value = ownAsset;
    showFailure({
      headline: `This page knows no title “${asked.get('title')}”`,
      detail: titles.length > 0 ? `It knows ${titles.map(title => title.id).join(', ')}.` : 'It knows none: Gateway:Player:TitlesFile names a file with titles.',
      advice: 'Choose a title, or type the path of an asset.', code: '', status: 0,
    });
  }
  form.muted.checked = asked.get('muted') === '1';

  // A player that was asked for decides about the format, unless the address names both.
  offer();
  const asksFor = players[asked.get('player')];
  const format = asked.get('format') ?? [...form.format.options].map(entry => entry.value).find(id => asksFor?.plays.includes(id));
  if ([...form.format.options].some(entry => entry.value === format)) {
    form.format.value = format;
    offer();
  }
  isChosen = asked.has('format') || asked.has('player');
  obey();
  if ([...form.player.options].some(entry => entry.value === asked.get('player'))) {
    form.player.value = asked.get('player');
    offer();
  }

  form.addEventListener('submit', event => {
    event.preventDefault();
    play();
  });
  form.addEventListener('change', event => {
    isChosen ||= event.target === form.format || event.target === form.player;
    offer();
    obey();
  });
  form.asset.addEventListener('input', () => {
    form.asset.setCustomValidity('');
    offer();
  });
  form.muted.addEventListener('change', () => { video.muted = form.muted.checked; });
  at('stop').addEventListener('click', () => {
    turns++;
    stop();
  });
  at('play').disabled = false;
  at('invitation').disabled = false;
  publish(idleState());
  setInterval(tick, tickMs);
  new ResizeObserver(() => panel.draw()).observe(at('charts'));

  if (asked.get('autoplay') === '1' && !isUnknown) {
    await play();
  }
}

open();
