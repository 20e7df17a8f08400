/**
 * The page's keys, and what the help says of them. `keys` are as KeyboardEvent.key has them, in lower case.
 *
 * @typedef {object} Command
 * @property {string[]} keys
 * @property {string} shown
 * @property {string} does
 * @property {string} act name of what the page does
 * @property {number} [by]
 */

/** @type {Command[]} */
export const commands = [
  { keys: [' ', 'k'], shown: 'Space or K', does: 'Play, pause', act: 'toggle' },
  { keys: ['arrowleft'], shown: '←', does: '5 s back', act: 'seek', by: -5 },
  { keys: ['arrowright'], shown: '→', does: '5 s ahead', act: 'seek', by: 5 },
  { keys: ['j'], shown: 'J', does: '10 s back', act: 'seek', by: -10 },
  { keys: ['l'], shown: 'L', does: '10 s ahead', act: 'seek', by: 10 },
  { keys: ['home'], shown: 'Home', does: 'To the beginning', act: 'share', by: 0 },
  ...[...'123456789'].map(key => ({ keys: [key], shown: key === '1' ? '1 to 9' : '', does: key === '1' ? 'To 10 % … 90 %' : '', act: 'share', by: Number(key) / 10 })),
  { keys: ['g', 'end'], shown: 'G or End', does: 'To the live edge', act: 'live' },
  { keys: ['n'], shown: 'N', does: 'Next title of the queue', act: 'next' },
  { keys: ['p'], shown: 'P', does: 'Previous title', act: 'previous' },
  { keys: ['r'], shown: 'R', does: 'Repeat off, all, one', act: 'repeat' },
  { keys: ['s'], shown: 'S', does: 'Shuffle', act: 'shuffle' },
  { keys: ['arrowup'], shown: '↑', does: 'Louder', act: 'volume', by: 0.1 },
  { keys: ['arrowdown'], shown: '↓', does: 'Quieter', act: 'volume', by: -0.1 },
  { keys: ['m'], shown: 'M', does: 'Sound off, on', act: 'mute' },
  { keys: ['c'], shown: 'C', does: 'Subtitles off, on', act: 'subtitles' },
  { keys: ['f'], shown: 'F', does: 'Full screen', act: 'fullscreen' },
  { keys: ['u'], shown: 'U', does: 'Copy the link to this place', act: 'link' },
  { keys: ['?'], shown: '?', does: 'This help', act: 'help' },
];

const editing = 'input:not([type="range"]):not([type="checkbox"]), select, textarea, [contenteditable]';
const pressed = 'button, summary, a, input[type="checkbox"]';

/**
 * What a key means where it was pressed; null where it means something else there.
 * @param {{key: string, ctrlKey: boolean, metaKey: boolean, altKey: boolean, target: {matches?: (selector: string) => boolean}}} event
 * @returns {Command | null}
 */
export function commandOf(event) {
  const key = event.key.toLowerCase();
  const isIn = selector => event.target?.matches?.(selector) === true;
  if (event.ctrlKey || event.metaKey || event.altKey || isIn(editing)) {
    return null;
  }
  // What has the focus is pressed by the space bar, and a slider moved by arrows.
  if ((key === ' ' && isIn(pressed)) || (isIn('input[type="range"]') && /^(arrow|home|end|page)/.test(key))) {
    return null;
  }
  return commands.find(command => command.keys.includes(key)) ?? null;
}

/** Rows of the help. */
export function helpRows() {
  return commands.filter(command => command.shown !== '').map(({ shown, does }) => {
    const row = document.createElement('tr');
    const key = document.createElement('th');
    key.scope = 'row';
    key.textContent = shown;
    const what = document.createElement('td');
    what.textContent = does;
    row.append(key, what);
    return row;
  });
}
