import { readAddress, writeAddress } from './address.js';

/** The address is written so often while a title plays: a page that is loaded again goes on from there. */
const betweenMs = 5_000;

/** The address bar holds what plays, where, and the queue: loaded again, or sent to somebody, it brings the same. */
export class Link {
  #at = id => document.getElementById(id);
  #read;
  #writtenAt = -Infinity;

  /** @param {() => Partial<import('./address.js').Address>} read what the address is to say */
  constructor(read) {
    this.#read = read;
  }

  static get asked() {
    return readAddress(location.search);
  }

  write() {
    this.#writtenAt = performance.now();
    history.replaceState(null, '', writeAddress(this.#read()));
  }

  /** Some times a second; writes now and then. */
  tick() {
    if (performance.now() - this.#writtenAt > betweenMs) {
      this.write();
    }
  }

  /** To the clipboard, where the browser has one for pages that did not come by TLS; else to copy by hand. */
  async copy() {
    this.write();
    try {
      await navigator.clipboard.writeText(location.href);
      this.#note('Link copied');
    } catch {
      const field = this.#at('link-address');
      field.value = location.href;
      this.#at('link-dialog').showModal();
      field.select();
    }
  }

  #note(text) {
    const note = this.#at('note');
    note.textContent = text;
    note.classList.remove('fading');
    // Begins the fading anew.
    void note.offsetWidth;
    note.classList.add('fading');
  }
}
