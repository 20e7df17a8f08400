import { itemOf, nameOf } from './address.js';
import { loadTitles, readAsset } from './catalogue.js';
import { Choice } from './choice.js';
import { ControlBar } from './controls/control-bar.js';
import { EngineAdvice } from './engine-advice.js';
import { EventLog } from './event-log.js';
import { Link } from './link.js';
import { Messages } from './messages.js';
import { Panel } from './panel.js';
import { findMissing } from './players/index.js';
import { Playout } from './playout.js';
import { unknownTitle } from './problem.js';
import { QueueList } from './queue/queue-list.js';
import { Queue } from './queue/queue.js';
import { GatewayFigures } from './session/gateway-figures.js';
import { idleState } from './state.js';

/**
 * The player page. `window.playerState` is a fresh PlayerState (see state.js) five times a second, for tests and the curious; `window.queueState` what is in the queue.
 *
 * An address can say what to play: see address.js.
 */

const at = id => document.getElementById(id);
const tickMs = 200;
const video = at('video');
const asked = Link.asked;
const name = nameOf({ title: asked.title, asset: asked.asset && (readAsset(asked.asset).asset ?? asked.asset) });

const advice = new EngineAdvice();
const choice = new Choice(advice);
const queue = new Queue({ items: asked.queue.length > 0 || name === null ? asked.queue : [name], current: name, repeat: asked.repeat, seed: asked.shuffle });
const panel = new Panel();
const log = new EventLog();
const gateway = new GatewayFigures();
const link = new Link(() => address());
const playout = new Playout(video, {
  choice,
  queue,
  advice,
  group: () => asked.group,
  tell: event => tell(event),
  exchange: exchange => heard(exchange),
  changed: () => changed(),
});
const messages = new Messages(() => playout.retry());
const controls = new ControlBar(video, playout, queue, { changed: () => link.write(), copy: () => link.copy() });
const list = new QueueList(queue, { label: labelOf, play: item => playout.goTo(item), changed: () => link.write() });

/** Where the address wants the first play to begin. */
let startAt = asked.position;
let shownHeight = 0;
let state = idleState();

window.playerState = state;

function labelOf(item) {
  const { title, asset } = itemOf(item);
  return asset ?? choice.titles.find(candidate => candidate.id === title)?.name ?? title;
}

function address() {
  const { title, asset } = queue.current === null ? { title: choice.title?.id ?? null, asset: choice.title === undefined ? choice.asset : null } : itemOf(queue.current);
  const isPlaying = playout.playback !== null;
  // What nobody has chosen is not handed on: whoever opens the address follows the gateway.
  const isNamed = choice.isChosen || asset !== null;
  return {
    title,
    asset,
    format: choice.isChosen && asset === null ? choice.format : null,
    player: isNamed ? choice.player : null,
    position: isPlaying && !state.live && !state.ended ? state.position : startAt,
    group: asked.group,
    queue: queue.items.length > 1 ? queue.items : [],
    repeat: queue.repeat,
    shuffle: queue.seed,
    muted: choice.isMuted,
  };
}

function play() {
  // The address's place is that of its own title, and of the first play.
  const from = startAt;
  startAt = null;
  return playout.play(choice.name === name ? from : null);
}

function tell(event) {
  if (event.kind === 'title') {
    panel.clear();
    shownHeight = 0;
  }
  if (event.kind === 'muted') {
    messages.quiet(true);
  }
  log.add({ ...event, label: event.kind === 'title' || event.kind === 'prewarmed' ? labelOf(event.detail) : undefined }, playout.playback === null || state.startupSeconds === null ? null : shownPosition());
}

/** A live timeline may count from 1970. */
function shownPosition() {
  return state.live ? state.position - state.firstPosition : state.position;
}

function heard(exchange) {
  panel.add(exchange);
  if (exchange.problem !== undefined) {
    tell({ kind: 'request_failed', detail: [exchange.status || 'no answer', exchange.problem.code ?? ''].join(' ').trim() });
  }
}

/** Another title plays, or none. */
function changed() {
  const isPlaying = playout.playback !== null;
  at('stop').disabled = !isPlaying;
  messages.quiet(false);
  if (isPlaying) {
    link.write();
  } else {
    messages.show(null);
  }
  tick();
}

function tick() {
  state = playout.tick();
  window.playerState = state;
  window.queueState = { order: queue.order, current: queue.current, following: queue.following, repeat: queue.repeat, seed: queue.seed, isPrepared: playout.prepared.isReady };
  gateway.look(playout.playback?.continuity?.session ?? null);
  panel.show(state, performance.now() / 1000, gateway.figures);
  controls.show(state);
  invite();
  list.show(playout.prepared.isReady ? playout.prepared.name : null);
  if (playout.playback === null) {
    return;
  }
  messages.show(state.fatalError ?? state.trouble, state.fatalError !== null);
  const height = state.rendition?.height ?? 0;
  if (height > 0 && height !== shownHeight) {
    shownHeight = height;
    tell({ kind: 'rendition', detail: `${height}p` });
  }
  if (state.phase === 'playing') {
    link.tick();
  }
}

/** Where there is no frame to show: what to do instead. */
function invite() {
  const hasFailed = state.fatalError !== null && state.startupSeconds === null;
  at('stage').classList.toggle('open', playout.playback !== null && !hasFailed);
  at('stage').dataset.phase = state.phase;
  const text = hasFailed ? 'Try again' : 'Choose a title and press Play';
  if (at('invitation-text').textContent !== text) {
    at('invitation-text').textContent = text;
  }
}

/** The page's policy lets it talk to the gateway only, so a manifest that leads elsewhere shows itself here. */
document.addEventListener('securitypolicyviolation', event => {
  if (/^(connect|media|img)-src/.test(event.effectiveDirective) && /^https?:/.test(event.blockedURI)) {
    playout.playback?.blocked({
      headline: 'The manifest leads away from the gateway',
      detail: `It names ${event.blockedURI}, which is no destination of the gateway, so the gateway left it as it is.`,
      advice: 'Add that host to a cluster: as a destination, or to the cluster’s metadata “Media.Hosts”.',
      code: '', status: 0,
    });
  }
});

function listen() {
  const form = at('choice');
  form.addEventListener('submit', event => {
    event.preventDefault();
    play();
  });
  form.muted.addEventListener('change', () => { video.muted = choice.isMuted; });
  at('stop').addEventListener('click', () => playout.stop());
  at('enqueue').addEventListener('click', () => {
    const item = choice.name;
    if (item !== null && queue.add(item)) {
      link.write();
    }
  });
  for (const kind of ['pause', 'seeked']) {
    video.addEventListener(kind, () => {
      if (playout.playback !== null) {
        state = playout.tick();
        link.write();
      }
    });
  }
  video.addEventListener('volumechange', () => {
    if (!video.muted) {
      messages.quiet(false);
    }
  });
  new ResizeObserver(() => panel.draw()).observe(at('charts'));
}

async function open() {
  let catalogue = { titles: [], capture: null };
  let missing;
  let words = null;
  try {
    [catalogue, missing] = await Promise.all([loadTitles(), findMissing(), advice.refresh('')]);
  } catch (error) {
    words = { headline: 'The list of titles could not be read', detail: error.message, advice: 'Type an asset path of your own.', code: '', status: 0 };
    missing = await findMissing();
  }
  const { titles, capture } = catalogue;
  at('capture').hidden = capture === null;
  at('capture').href = capture ?? '';
  choice.fill(titles, missing);
  const isKnown = choice.ask(asked);
  if (!isKnown) {
    words ??= unknownTitle(asked.title, titles);
  }
  for (const item of queue.items) {
    const { title, asset } = itemOf(item);
    if (asset === null && !titles.some(candidate => candidate.id === title)) {
      queue.forget(item);
    }
  }
  messages.show(words, true, false);
  listen();
  for (const id of ['play', 'invitation', 'enqueue', 'toggle']) {
    at(id).disabled = false;
  }
  tick();
  setInterval(tick, tickMs);
  if (asked.autoplay && isKnown) {
    await play();
  }
}

open();
