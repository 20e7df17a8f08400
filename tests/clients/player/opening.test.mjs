import assert from 'node:assert/strict';
import { mock, test } from 'node:test';
import { Opening } from '../../../gateway/wwwroot/js/opening.js';
import { players } from '../../../gateway/wwwroot/js/players/index.js';

/** Players that note what holds the element; the first one is there when it is told to be. */
function twoPlayers() {
  const notes = [];
  const late = {};
  const player = (name, wait) => ({
    name,
    open: async () => {
      await wait;
      notes.push(`${name} holds`);
      return { close: async () => { notes.push(`${name} let go`); } };
    },
  });
  players.late = player('late', new Promise(ready => { late.arrive = ready; }));
  players.next = player('next');
  return { notes, late };
}

async function settle() {
  for (let turn = 0; turn < 20; turn++) {
    await Promise.resolve();
  }
}

test('a player that is still being opened has let go of the element before the next one takes it', async () => {
  mock.timers.enable({ apis: ['setTimeout'] });
  const { notes, late } = twoPlayers();
  const opening = new Opening();
  opening.open('late', {}, assert.fail);
  const next = opening.shut().then(() => opening.open('next', {}, assert.fail));
  await settle();
  mock.timers.tick(1);
  await settle();
  late.arrive();
  await next;
  assert.deepEqual(notes, ['late holds', 'late let go', 'next holds']);
  mock.timers.reset();
});

test('a player whose library never comes keeps no other from the element', async () => {
  mock.timers.enable({ apis: ['setTimeout'] });
  const { notes } = twoPlayers();
  const opening = new Opening();
  opening.open('late', {}, assert.fail);
  const next = opening.shut().then(() => opening.open('next', {}, assert.fail));
  for (let seconds = 0; seconds < 10; seconds++) {
    await settle();
    mock.timers.tick(1000);
  }
  await next;
  assert.deepEqual(notes, ['next holds']);
  mock.timers.reset();
});
