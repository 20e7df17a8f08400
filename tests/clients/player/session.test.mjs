import assert from 'node:assert/strict';
import { afterEach, beforeEach, mock, test } from 'node:test';
import { readCmsd } from '../../../gateway/wwwroot/js/cmsd.js';
import { commandOf } from '../../../gateway/wwwroot/js/controls/keyboard.js';
import { rangeOf } from '../../../gateway/wwwroot/js/controls/seek-bar.js';
import { hintedMs, mayMend, readProblem } from '../../../gateway/wwwroot/js/problem.js';
import { Continuity, beatMs } from '../../../gateway/wwwroot/js/session/continuity.js';
import { createSession } from '../../../gateway/wwwroot/js/session/creation.js';
import { HandoffBudget, stableMs, stormMs, stormTries } from '../../../gateway/wwwroot/js/session/handoff-budget.js';
import { NextTitle } from '../../../gateway/wwwroot/js/session/next-title.js';
import { PlaybackSession, SessionError } from '../../../gateway/wwwroot/js/session/playback-session.js';
import { Titles } from '../../../gateway/wwwroot/js/session/titles.js';
import { StartupBudget } from '../../../gateway/wwwroot/js/startup.js';

const root = new URL('http://gateway/api/v1/playback/sessions');
const title = { id: 'demo', name: 'Demo', assets: { hls: 'demo/master.m3u8', file: 'demo/direct.mp4' } };
let asked;
let answers;

beforeEach(() => {
  mock.timers.enable({ apis: ['setTimeout', 'setInterval'] });
  asked = [];
  answers = [];
  mock.method(globalThis, 'fetch', async (url, { method, body, headers }) => {
    const path = new URL(url).pathname.replace('/api/v1/playback/sessions', '');
    asked.push({ line: `${method} ${path}`, body: body && JSON.parse(body), headers });
    const next = method === 'DELETE' ? { status: 204 } : answers.shift() ?? { status: 200, body: {} };
    if (next.status === 0) {
      throw new TypeError('no answer');
    }
    return new Response(next.status === 204 ? null : JSON.stringify(next.body ?? {}), { status: next.status, headers: { 'Content-Type': 'application/problem+json', ...next.headers } });
  });
});

afterEach(() => {
  mock.timers.reset();
  mock.restoreAll();
});

const reply = (id, more = {}) => ({
  status: 201,
  body: {
    sessionId: id, ticket: `ticket-${id}`, engine: 'segmented', expiresAt: '2999-01-01T00:00:00Z',
    hlsUrl: `/api/v1/playback/ticket-${id}/origin/demo/master.m3u8`, dashUrl: `/api/v1/playback/ticket-${id}/origin/demo/manifest.mpd`, directUrl: `/api/v1/playback/ticket-${id}/origin/demo/direct.mp4`, ...more,
  },
});
const refusal = (status, hint, code = '') => ({ status, body: { code, detail: 'No.', startupHint: hint } });
const waiting = retryAfterMs => ({ stage: 'session_create', state: 'waiting', transient: true, retryAfterMs });
const lines = () => asked.map(({ line }) => line);

async function settle() {
  for (let turn = 0; turn < 10; turn++) {
    await new Promise(over => { setImmediate(over); });
  }
}

async function pass(ms) {
  mock.timers.tick(ms);
  await settle();
}

const wanted = { title, format: 'hls', player: 'hlsjs', isChosen: true, token: '', startAt: null };

async function continuityOf(told = []) {
  answers.push(reply('one'));
  const viewing = { positionSec: 12, isPlaying: false, bufferedUntilSec: 20, stableMs: 0 };
  const { continuity } = await new Titles(root).open(wanted, null, { correlation: 'c', look: () => viewing, tell: event => told.push(event.kind) });
  asked.length = 0;
  return { continuity, viewing };
}

test('a refusal that may mend itself is waited for as long as the gateway says, and asked again once within a stage', async () => {
  answers.push(refusal(503, waiting(7000)), reply('one'));
  const told = [];
  const opened = createSession(correlation => PlaybackSession.create(root, { mediaId: 'demo' }, '', correlation), new StartupBudget(performance.now()), {
    correlation: 'c', isOver: () => false, waits: words => told.push(words.status),
  });
  await settle();
  await pass(6990);
  assert.equal(asked.length, 1);
  await pass(20);
  assert.equal((await opened).id, 'one');
  assert.deepEqual(told, [503]);
  assert.equal(asked[0].headers['x-segmented-startup-correlation-id'], 'c');
});

test('a refusal that is final is asked once', async () => {
  answers.push(refusal(403, { state: 'blocked', transient: false }));
  const { words, isExhausted } = await createSession(c => PlaybackSession.create(root, {}, '', c), new StartupBudget(performance.now()), { isOver: () => false, waits: () => {} });
  assert.deepEqual([words.status, isExhausted, asked.length], [403, false, 1]);
});

test('a gateway that never has room is asked twice, and twice more after one reset', async () => {
  for (let tried = 0; tried < 9; tried++) {
    answers.push(refusal(503, waiting(1)));
  }
  const budget = new StartupBudget(performance.now());
  let end = null;
  createSession(c => PlaybackSession.create(root, {}, '', c), budget, { isOver: () => false, waits: () => {} }).then(given => { end = given; });
  for (let waits = 0; waits < 12; waits++) {
    await settle();
    await pass(3000);
  }
  assert.equal(asked.length, 4);
  assert.equal(end.isExhausted, true);
  assert.deepEqual((({ stage, attempts, sessionResetsUsed }) => [stage, attempts, sessionResetsUsed])(budget.exhausted()), ['session_create', 2, 1]);
});

test('a title that lies elsewhere than its name says is played by its own address, and not asked for by name again', async () => {
  answers.push(reply('one', { hlsUrl: '/api/v1/playback/ticket-one/origin/other/master.m3u8' }));
  const titles = new Titles(root);
  assert.equal(await titles.open(wanted, null, {}), null);
  assert.deepEqual(lines(), ['POST ', 'DELETE /one']);
  assert.equal(titles.has(title), false);
});

test('the engine that the gateway draws decides about the format, where the viewer has chosen none', async () => {
  answers.push(reply('one', { engine: 'direct' }));
  const { format, continuity } = await new Titles(root).open({ ...wanted, isChosen: false }, null, {});
  assert.equal(format, 'file');
  assert.equal(continuity.url, 'http://gateway/api/v1/playback/ticket-one/origin/demo/direct.mp4');
  assert.equal('engine' in asked[0].body, false);
});

test('a gateway that is going away is left: handed off with position and intent, and addresses that the player holds lead to the new session', async () => {
  const told = [];
  const { continuity } = await continuityOf(told);
  continuity.start();
  answers.push({ status: 200, body: {}, headers: { 'X-Gateway-Draining': '1' } }, reply('two'));
  await pass(beatMs);
  assert.deepEqual(lines(), ['POST /one/heartbeat', 'POST /one/handoff']);
  assert.deepEqual(asked[1].body, { positionSec: 12, isPlaying: false, mediaId: 'demo' });
  assert.equal(continuity.address('http://gateway/api/v1/playback/ticket-one/origin/demo/v/seg_1.m4s?CMCD=a'), 'http://gateway/api/v1/playback/ticket-two/origin/demo/v/seg_1.m4s?CMCD=a');
  assert.equal(continuity.address('http://gateway/api/v1/playback/ticket-other/origin/x'), 'http://gateway/api/v1/playback/ticket-other/origin/x');
  assert.deepEqual(told, ['handoff']);
  // What was left is ended once nothing of it is under way any more.
  await pass(beatMs);
  assert.deepEqual(lines().slice(2), ['POST /two/heartbeat', 'DELETE /one']);
  // The same gateway may answer for a while: once is enough.
  answers.push({ status: 200, body: {}, headers: { 'X-Gateway-Draining': '1' } });
  await pass(beatMs);
  assert.deepEqual(lines().slice(4), ['POST /two/heartbeat']);
  continuity.stop();
});

test('a node that goes away with no other one there is left alone after four tries, and plays on', async () => {
  const told = [];
  const { continuity } = await continuityOf(told);
  continuity.start();
  answers.push({ status: 200, body: {}, headers: { 'X-Gateway-Draining': '1' } });
  for (let tried = 0; tried < 4; tried++) {
    answers.push(refusal(503, waiting(1000), 'STREAMING_DRAINING'));
  }
  await pass(beatMs);
  continuity.stop();
  for (let waits = 0; waits < 6; waits++) {
    await pass(8000);
  }
  // Three handoffs open the circuit, and the fourth try opens anew.
  assert.deepEqual(lines(), ['POST /one/heartbeat', 'POST /one/handoff', 'POST /one/handoff', 'POST /one/handoff', 'POST ']);
  assert.equal(continuity.session.id, 'one');
  assert.deepEqual(told, ['handoff_failed', 'handoff_failed', 'handoff_failed', 'handoff_failed']);
});

test('three heartbeats without an answer are one refresh', async () => {
  const { continuity } = await continuityOf();
  continuity.start();
  answers.push({ status: 0 }, { status: 0 }, { status: 0 }, reply('two'));
  for (let beats = 0; beats < 3; beats++) {
    await pass(beatMs);
  }
  assert.deepEqual(lines(), ['POST /one/heartbeat', 'POST /one/heartbeat', 'POST /one/heartbeat', 'POST /one/handoff']);
  assert.equal(continuity.session.id, 'two');
  continuity.stop();
});

test('a gateway that does not know the session opens another one at the same place', async () => {
  const { continuity } = await continuityOf();
  answers.push(refusal(401, null, 'STREAMING_TICKET_INVALID'), reply('two'));
  assert.equal(await continuity.renew('interrupted'), true);
  assert.deepEqual(lines(), ['POST /one/handoff', 'POST ']);
  assert.deepEqual([asked[1].body.startPositionSec, asked[1].body.engine, asked[1].body.mediaId], [12, 'segmented', 'demo']);
});

test('a session that an operator has ended is not carried on', async () => {
  const told = [];
  const { continuity } = await continuityOf(told);
  continuity.start();
  answers.push(refusal(410, null, 'STREAMING_SESSION_ENDED'));
  await pass(beatMs);
  await pass(4 * beatMs);
  assert.deepEqual(lines(), ['POST /one/heartbeat']);
  assert.deepEqual(told, ['session_ended']);
});

test('a storm of handoffs opens the circuit, and stable play closes it', () => {
  const budget = new HandoffBudget();
  for (let tried = 0; tried < stormTries; tried++) {
    assert.equal(budget.isOpen(tried), false);
    budget.tried(tried);
  }
  assert.equal(budget.isOpen(stormTries), true);
  assert.equal(budget.isOpen(stormMs + stormTries), false);
  budget.tried(stormMs + stormTries);
  for (let tried = 0; tried < stormTries; tried++) {
    budget.tried(stormMs + 10);
  }
  assert.equal(budget.isOpen(stormMs + 11), true);
  budget.stable(stableMs);
  assert.equal(budget.isOpen(stormMs + 12), false);
});

test('a next title that is not ready is asked for again, twelve times at most, and whoever skips it ends it', async () => {
  let tries = 0;
  const next = new NextTitle(async () => {
    tries += 1;
    throw new SessionError({ status: 503, code: 'STREAMING_ASSET_NOT_READY', isTransient: true });
  });
  next.prepare('a');
  for (let waits = 0; waits < 30; waits++) {
    await settle();
    await pass(2000);
  }
  assert.equal(tries, 12);
  assert.equal(next.take('a'), null);
});

test('the session that was opened ahead is taken once; one for another title is ended, and so is one that comes too late', async () => {
  const ended = [];
  const sessionOf = name => ({ expiresAt: Date.now() + 3_600_000, end: () => ended.push(name) });
  let arrive;
  const next = new NextTitle(name => (name === 'late' ? new Promise(done => { arrive = () => done(sessionOf('late')); }) : Promise.resolve(sessionOf(name))));
  await next.prepare('a');
  assert.ok(next.isReady);
  assert.ok(next.take('a'));
  assert.equal(next.take('a'), null);
  await next.prepare('b');
  assert.equal(next.take('c'), null);
  assert.deepEqual(ended, ['b']);
  next.prepare('late');
  next.drop();
  arrive();
  await settle();
  assert.deepEqual(ended, ['b', 'late']);
});

test('a hint is read from the problem, wins over the status, and is held within half a minute', () => {
  const read = readProblem(503, 'application/problem+json', JSON.stringify({ startupHint: waiting(90_000) }), '2');
  assert.deepEqual([mayMend(read), hintedMs(read)], [true, 30_000]);
  assert.equal(mayMend(readProblem(502, 'application/problem+json', JSON.stringify({ startupHint: { transient: false } }), null)), false);
  assert.deepEqual([mayMend({ status: 503 }), mayMend({ status: 404 }), hintedMs({ retryAfterSeconds: 3 }), hintedMs({})], [true, false, 3000, 0]);
});

test('the seek bar spans a title, or the window of a broadcast up to its live position', () => {
  const base = { live: false, position: 5, duration: 20, liveRange: null };
  assert.deepEqual(rangeOf(base), { start: 0, end: 20, behind: null });
  assert.equal(rangeOf({ ...base, duration: null }), null);
  const live = { live: true, duration: null, position: 1040, liveRange: { start: 1000, end: 1060 } };
  assert.deepEqual(rangeOf(live), { start: 1000, end: 1060, behind: 20 });
  assert.equal(rangeOf({ ...live, position: 1058 }).behind, 0);
  assert.equal(rangeOf({ ...live, liveRange: null }), null);
  // Ahead of where broadcasts are played, after a seek by the library.
  assert.deepEqual(rangeOf({ ...live, position: 1063 }), { start: 1000, end: 1063, behind: 0 });
});

test('keys belong to what has the focus first', () => {
  const press = (key, selector = null, more = {}) => commandOf({ key, target: { matches: wantedBy => selector !== null && wantedBy.includes(selector) }, ...more })?.act ?? null;
  assert.deepEqual([press('N'), press('?'), press(' '), press('5'), press('x')], ['next', 'help', 'toggle', 'share', null]);
  assert.equal(press('n', 'select'), null);
  assert.equal(press(' ', 'button'), null);
  assert.equal(press('n', 'button'), 'next');
  assert.equal(press('ArrowLeft', 'input[type="range"]'), null);
  assert.equal(press('r', null, { ctrlKey: true }), null);
});

test('what the gateway says of the line is that of the nearest server', () => {
  assert.deepEqual(readCmsd('"far";etp=9000,"gateway";mb=3000;etp=1200'), { estimate: 1_200_000, most: 3_000_000 });
  assert.deepEqual(readCmsd(null), { estimate: null, most: null });
});
