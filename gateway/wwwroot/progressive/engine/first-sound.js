/** How long somebody waits for a sound: from asking for it to the first movement of the element's own clock. */
export class FirstSound {
  #element;
  #clock;
  #wanted;
  #askedAt;

  /** From asking to sound; null until there is any. */
  milliseconds = null;

  onHeard = () => {};

  /**
   * @param {HTMLMediaElement} element
   * @param {{now(): number, delay(ms: number, signal: AbortSignal): Promise<void>}} clock
   * @param {() => number} wanted seconds: the place from which it is to sound
   * @param {number} [since] when somebody asked for it, by the clock
   */
  constructor(element, clock, wanted, since) {
    this.#element = element;
    this.#clock = clock;
    this.#wanted = wanted;
    this.#askedAt = since;
  }

  /** Somebody asks for sound; the first time counts. */
  asked() {
    this.#askedAt ??= this.#clock.now();
  }

  look() {
    if (this.milliseconds !== null || !(this.#element.currentTime > this.#wanted())) return;
    this.milliseconds = this.#clock.now() - this.#askedAt;
    this.onHeard();
  }

  /** The element tells of its place four times a second, which is too seldom for measuring a start. */
  async watch(signal) {
    while (this.milliseconds === null && !signal.aborted && !this.#element.paused) {
      this.look();
      await this.#clock.delay(10, signal).catch(() => {});
    }
  }
}
