/**
 * The operator's page. Every second it reads the operators' routes and shows what changed; what went before the gateway keeps. Until the gateway has taken a key, nothing but the login shows. When
 * the gateway does not answer, what is shown is old, and the page says so.
 */
import { drain, undrain } from './actions.js';
import { lookAtDisk } from './disk.js';
import { clear, drawFigures, lookAtFigures, playingNow } from './figures.js';
import { Refused, forget, hasKey, headers, keep, read } from './gateway.js';
import { lookAtOrigins } from './origins.js';
import { listenToRollout, lookAtRollout } from './rollout.js';
import { clearSessions, lookAtSessions } from './sessions.js';
import { closeTimeline, lookAtTimeline, openFromAddress } from './timeline.js';

const every = 1000;
const element = id => document.getElementById(id);
let isDraining = false;

function trouble(text) {
  element('trouble').textContent = text;
  element('trouble').hidden = text === '';
}

async function lookAtNode() {
  const node = await (await read('node')).json();
  isDraining = node.isDraining;
  element('version').textContent = node.version.split('+')[0];
  element('drain').textContent = isDraining ? 'Take viewers again' : 'Drain…';
  element('draining').hidden = !isDraining;
}

async function look() {
  // First what tells whether the key is good: nothing of the rest shows before.
  await lookAtNode();
  await Promise.all([lookAtFigures(read), lookAtDisk(read), lookAtOrigins(read), lookAtSessions(read), lookAtTimeline(read), lookAtRollout(read)]);
}

/** Nothing of what was shown stays. */
function lock(note) {
  element('desk').hidden = true;
  element('sign-out').hidden = true;
  element('version').textContent = '';
  closeTimeline();
  clear();
  clearSessions();
  trouble('');
  element('sign-in').hidden = false;
  element('sign-in-note').textContent = note;
  element('key').focus();
}

function unlock() {
  trouble('');
  if (element('desk').hidden) {
    element('sign-in').hidden = true;
    element('desk').hidden = false;
    element('sign-out').hidden = !hasKey();
    openFromAddress();
  }
}

async function run() {
  for (;;) {
    const began = Date.now();
    if (!document.hidden) {
      try {
        await look();
        unlock();
      } catch (error) {
        if (error instanceof Refused) {
          lock(hasKey() ? 'This key is not accepted.' : '');
          await new Promise(resolve => element('sign-in').addEventListener('submit', resolve, { once: true }));
          continue;
        }
        trouble(`No answer from the gateway (${error.message}). What is shown is old.`);
      }
    }
    drawFigures();
    await new Promise(resolve => setTimeout(resolve, Math.max(100, every - (Date.now() - began))));
  }
}

element('sign-in').addEventListener('submit', event => {
  event.preventDefault();
  keep(element('key').value);
  element('key').value = '';
});
element('sign-out').addEventListener('click', () => {
  forget();
  location.reload();
});
element('drain').addEventListener('click', () => (isDraining ? undrain() : drain(playingNow())));

listenToRollout(headers);
run();
