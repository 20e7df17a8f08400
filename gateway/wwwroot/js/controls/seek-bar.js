import { clock } from '../words.js';

/** A broadcast that is so near to its live position is not behind. */
export const atEdgeSec = 4;

/** So far behind its beginning a broadcast's window is entered. */
const leastSec = 3;

/**
 * Where playback stands, and where it can go: the whole of a title, or the window of a broadcast that can be sought.
 * @param {import('../state.js').PlayerState} state
 * @returns {{start: number, end: number, behind: number | null} | null} behind: seconds behind the live position, 0 at it; null on demand
 */
export function rangeOf(state) {
  if (state.live) {
    if (state.liveRange === null) {
      return null;
    }
    const { start, end } = state.liveRange;
    const behind = Math.max(0, end - state.position);
    return { start: Math.min(start, state.position), end: Math.max(end, state.position), behind: behind < atEdgeSec ? 0 : behind };
  }
  return state.duration === null ? null : { start: 0, end: state.duration, behind: null };
}

/** The seek bar, its times, and the button that leads to the live edge. */
export class SeekBar {
  #at = id => document.getElementById(id);
  #bar = this.#at('seek');
  #video;
  #play;
  #range = null;
  #isDragged = false;

  /** @param {HTMLVideoElement} video @param {() => void} play the viewer wants it to play */
  constructor(video, play) {
    this.#video = video;
    this.#play = play;
    this.#bar.addEventListener('input', () => {
      this.#isDragged = true;
      this.#label(this.#chosen());
    });
    this.#bar.addEventListener('change', () => {
      this.#isDragged = false;
      this.to(this.#chosen());
    });
    this.#at('go-live').addEventListener('click', () => this.goLive());
  }

  /** Seconds on the media's own timeline, held within what can be sought. */
  to(position) {
    if (this.#range !== null) {
      const { start, end, behind } = this.#range;
      // The oldest segment of a broadcast is gone before it is there.
      const first = behind === null ? start : Math.min(start + leastSec, end);
      this.#video.currentTime = Math.min(Math.max(position, first), Math.max(first, end - 0.1));
    }
  }

  by(seconds) {
    this.to(this.#video.currentTime + seconds);
  }

  /** @param {number} share 0 to 1 of what can be sought */
  toShare(share) {
    if (this.#range !== null) {
      this.to(this.#range.start + share * (this.#range.end - this.#range.start));
    }
  }

  goLive() {
    if (this.#range?.behind > 0) {
      this.to(this.#range.end);
    }
    this.#play();
  }

  /** @param {import('../state.js').PlayerState} state */
  show(state) {
    this.#range = ['idle', 'failed'].includes(state.phase) ? null : rangeOf(state);
    const range = this.#range;
    this.#bar.disabled = range === null;
    const isLive = range !== null && range.behind !== null;
    this.#at('go-live').hidden = !isLive;
    if (isLive) {
      this.#at('go-live').dataset.edge = String(range.behind === 0);
      this.#at('go-live').textContent = range.behind === 0 ? 'Live' : 'Go live';
    }
    this.#at('total').hidden = isLive;
    this.#at('total').textContent = range === null ? '' : clock(range.end);
    if (range === null || range.end <= range.start) {
      this.#fill(0, 0);
      this.#at('elapsed').textContent = '';
      return;
    }
    this.#bar.min = String(range.start);
    this.#bar.max = String(range.end);
    if (!this.#isDragged) {
      this.#bar.value = String(state.position);
      this.#label(state.position);
    }
    const share = position => (position - range.start) / (range.end - range.start);
    this.#fill(share(Number(this.#bar.value)), share(state.position + state.bufferSeconds));
  }

  #chosen() {
    return Number(this.#bar.value);
  }

  #label(position) {
    const range = this.#range;
    if (range === null) {
      return;
    }
    const behind = range.behind === null ? null : Math.max(0, range.end - position);
    const text = behind === null ? clock(position) : behind < atEdgeSec ? 'at the live edge' : `−${clock(behind)} behind live`;
    this.#at('elapsed').textContent = text;
    this.#bar.setAttribute('aria-valuetext', text);
  }

  #fill(played, loaded) {
    const percent = share => `${(100 * Math.min(1, Math.max(0, share))).toFixed(2)}%`;
    this.#bar.style.setProperty('--played', percent(played));
    this.#bar.style.setProperty('--loaded', percent(loaded));
  }
}
