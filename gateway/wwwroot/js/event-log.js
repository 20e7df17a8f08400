import { clock, seconds } from './words.js';

const longestLog = 100;

/** In which session a title plays, where it is not a new one. */
const ways = { ahead: ', in the session that was opened ahead', handoff: ', handed off from the title before' };

/** What each event is in words. Those that a viewer should see are `warn` or `bad`. */
const sentences = {
  title: event => [`${event.label ?? event.detail}${ways[event.how] ?? ''}`, 'title'],
  prewarmed: event => [`The next title is ready: ${event.label ?? event.detail}`],
  began: event => [`First frame after ${seconds(event.seconds, 2)}`],
  rendition: event => [`Rendition ${event.detail}`],
  interrupted: event => [`Interrupted: ${event.detail}`, 'bad'],
  resumed: event => [`Goes on after ${seconds(event.seconds)} of waiting${event.source ? `, with a segment from ${event.source}` : ''}`, 'warn'],
  handoff: event => [`${event.isAnew ? 'Opened anew' : 'Handed off to another session'} (${event.reason}) in ${Math.round(event.milliseconds)} ms`, 'warn'],
  handoff_failed: event => [`No other session (${event.reason})${event.detail ? `: ${event.detail}` : ''}`, 'warn'],
  session_ended: () => ['The gateway has ended the session', 'bad'],
  group_refused: event => [`The group could not be joined, the title plays for you alone: ${event.detail}`, 'warn'],
  muted: () => ['Started without sound: the browser wants a click first', 'warn'],
  request_failed: event => [`Request failed, ${event.detail}`, 'warn'],
  failed: event => [`Stopped: ${event.detail}`, 'bad'],
};

/** @returns {[string, string?]} the sentence and its kind */
export function sentenceOf(event) {
  return sentences[event.kind]?.(event) ?? [event.kind];
}

/** What has happened, newest first: the time, where playback stood, and a sentence. */
export class EventLog {
  #list = document.getElementById('events-list');
  #newest = null;

  /**
   * @param {{kind: string}} event
   * @param {number | null} position seconds; null where there is none
   */
  add(event, position) {
    const [sentence, kind] = sentenceOf(event);
    if (this.#newest?.sentence === sentence) {
      // A gateway that is away answers no request at all: one line.
      this.#newest.count += 1;
      this.#newest.text.textContent = `${sentence} (${this.#newest.count} times)`;
      return;
    }
    const row = document.createElement('li');
    const time = document.createElement('time');
    time.textContent = new Date().toTimeString().slice(0, 8);
    const where = document.createElement('span');
    where.className = 'note';
    where.textContent = position === null ? '' : clock(position);
    const text = document.createElement('span');
    text.textContent = sentence;
    row.className = kind ?? '';
    row.append(time, where, text);
    this.#newest = { sentence, text, count: 1 };
    this.#list.prepend(row);
    while (this.#list.childElementCount > longestLog) {
      this.#list.lastElementChild.remove();
    }
    document.getElementById('events-empty').hidden = true;
  }
}
