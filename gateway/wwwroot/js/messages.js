/** The box for what goes wrong, with a button to try again where that can help. */
export class Messages {
  #at = id => document.getElementById(id);
  #shown = null;

  /** @param {() => void} retry */
  constructor(retry) {
    this.#at('retry').addEventListener('click', retry);
  }

  /**
   * @param {object | null} words headline, detail, advice, code, status
   * @param {boolean} isSerious whether playback has stopped
   */
  show(words, isSerious = true, mayRetry = isSerious) {
    const key = words === null ? null : `${isSerious} ${mayRetry} ${words.headline} ${words.detail} ${words.advice}`;
    if (key === this.#shown) {
      return;
    }
    this.#shown = key;
    if (words?.status === 401) {
      // What is asked for is entered there.
      document.querySelector('#choice details').open = true;
    }
    const box = this.#at('failure');
    box.hidden = words === null;
    box.classList.toggle('serious', isSerious);
    this.#at('retry').hidden = !mayRetry;
    this.#at('failure-headline').textContent = words?.headline ?? '';
    this.#at('failure-detail').textContent = words?.detail ?? '';
    this.#at('failure-advice').textContent = words?.advice ?? '';
    this.#at('failure-code').textContent = [words?.status || '', words?.code ?? ''].filter(part => part !== '').join(' ');
  }

  /**
   * A failure that is either the end, or asked for again by itself.
   * @param {object | null} words as above
   * @param {boolean} isFinal
   * @param {string} meanwhile what goes on until then
   */
  showAttempt(words, isFinal, meanwhile) {
    const advice = isFinal ? words?.advice : `The page tries again by itself${meanwhile === '' ? '' : `; ${meanwhile}`}.`;
    this.show(words === null ? null : { ...words, advice }, isFinal);
  }

  /** Whether sound waits for a click. */
  quiet(isQuiet) {
    this.#at('quiet').hidden = !isQuiet;
  }
}
