/** What an operator does to the gateway. Each order that hurts somebody names whom before it is given, and what came of it is told. */
import { act } from './gateway.js';

const element = id => document.getElementById(id);

function say(text, mood = '') {
  const target = element('done');
  target.textContent = text;
  target.hidden = text === '';
  target.classList.toggle('serious', mood === 'bad');
}

/** @returns {Promise<boolean>} whether the operator says yes */
function asks(title, text, yes) {
  const dialog = element('ask');
  element('ask-title').textContent = title;
  element('ask-text').textContent = text;
  element('ask-yes').textContent = yes;
  dialog.returnValue = '';
  dialog.showModal();
  return new Promise(resolve => dialog.addEventListener('close', () => resolve(dialog.returnValue === 'yes'), { once: true }));
}

async function order(question, send, told) {
  if (question !== null && !await asks(...question)) {
    return false;
  }
  try {
    say(told(await send()));
    return true;
  } catch (error) {
    say(error.message || 'The gateway refuses the key.', 'bad');
    return false;
  }
}

export const endSession = session => order(
  ['End this session?', `${session.mediaId}, session ${session.sessionId}${session.isPlaying ? ', which plays now' : ''}. Its URLs stop working on all gateways; its viewer may begin a new one.`, 'End the session'],
  () => act('DELETE', `sessions/${encodeURIComponent(session.sessionId)}`),
  () => `Session ${session.sessionId} has ended.`,
);

export const purge = prefix => order(
  ['Purge the cache?', prefix === '/'
    ? 'Everything that this gateway holds is dropped. Each next viewer of anything waits for the origin.'
    : `Everything below ${prefix} is dropped on this gateway. Its next viewers wait for the origin; what is on its way to viewers goes on.`, 'Purge'],
  () => act('POST', `cache/purge?prefix=${encodeURIComponent(prefix)}`),
  reply => `${reply.purged} objects below ${prefix} were dropped${reply.disk === 'pending' ? ' from memory. The disk has not taken the purge yet: repeat it if this gateway is restarted soon' : ''}.`,
);

export const drain = playing => order(
  ['Drain this gateway?', `It takes no new session from now on, and readiness answers 503, so that the balancer sends viewers elsewhere. The ${playing} that play go on.`, 'Drain'],
  () => act('POST', 'drain'),
  () => 'This gateway drains.',
);

export const undrain = () => order(null, () => act('POST', 'drain?on=false'), () => 'This gateway takes viewers again.');

element('purge-form').addEventListener('submit', async event => {
  event.preventDefault();
  const prefix = element('purge-prefix').value.trim();
  if (!prefix.startsWith('/')) {
    say('A path begins with a slash: /films/1/ for one title, / for everything.', 'bad');
    return;
  }
  await purge(prefix);
});
