/** The queue as a list: which title plays, which comes next, and buttons to change it. */
export class QueueList {
  #at = id => document.getElementById(id);
  #queue;
  #label;
  #play;
  #changed;
  #shown = '';

  /**
   * @param {import('./queue.js').Queue} queue
   * @param {{label: (name: string) => string, play: (name: string) => void, changed: () => void}} page
   */
  constructor(queue, { label, play, changed }) {
    this.#queue = queue;
    this.#label = label;
    this.#play = play;
    this.#changed = changed;
  }

  /** @param {string | null} prepared the name whose first segments the gateway has fetched */
  show(prepared) {
    const { order, current, next, seed, repeat } = this.#queue;
    const key = JSON.stringify([order, current, next, seed, repeat, prepared]);
    if (key === this.#shown) {
      return;
    }
    this.#shown = key;
    this.#at('queue').hidden = order.length < 2;
    this.#at('queue-note').textContent = [seed === null ? '' : 'shuffled', repeat === 'off' ? '' : repeat === 'all' ? 'all repeated' : 'this title repeated'].filter(note => note !== '').join(', ');
    this.#at('queue-items').replaceChildren(...order.map((name, index) => this.#row(name, index, prepared)));
  }

  #row(name, index, prepared) {
    const { current, order, seed } = this.#queue;
    const row = document.createElement('li');
    row.setAttribute('aria-current', String(name === current));
    const title = button(this.#label(name), name === current ? 'Plays now' : 'Play this title', () => this.#play(name));
    title.className = 'name';
    row.append(title);
    if (name === prepared) {
      const note = document.createElement('span');
      note.className = 'note';
      note.textContent = 'ready';
      note.title = 'The gateway has fetched its first segments';
      row.append(note);
    }
    // A shuffled order is the seed's, not the viewer's.
    if (seed === null) {
      row.append(
        this.#change('↑', 'Earlier', index === 0, () => this.#queue.move(name, -1)),
        this.#change('↓', 'Later', index === order.length - 1, () => this.#queue.move(name, 1)),
      );
    }
    row.append(this.#change('✕', 'Remove', name === current, () => this.#queue.remove(name)));
    return row;
  }

  #change(text, label, isDisabled, act) {
    const made = button(text, label, () => {
      act();
      this.#changed();
    });
    made.className = 'small';
    made.disabled = isDisabled;
    return made;
  }
}

function button(text, label, act) {
  const made = document.createElement('button');
  made.type = 'button';
  made.textContent = text;
  made.title = label;
  if (text.length === 1) {
    made.setAttribute('aria-label', label);
  }
  made.addEventListener('click', act);
  return made;
}
