import { chunkOf } from './mp4.js';

/** @typedef {import('./mp4.js').Sample} Sample */

// Sound that is so far behind the picture has stopped coming: chunks go on without it, and wait no more until it comes again. A busy machine may hand it on late, and late sound is lost.
const audioPatience = 3e6;

/**
 * Sorts encoded frames into chunks. A chunk begins with the key frame that was asked for as a cut and ends where the next one begins, so that nothing is lost between them; sound goes to the chunk in
 * whose time it begins.
 */
export class ChunkAssembler {
  #hasAudio;
  #take;
  #cuts = new Set();
  #frames = [];
  #sounds = [];
  // Up to where sound has come; it may begin after the picture.
  #heard = -Infinity;
  #videoConfig = null;
  #nextVideoConfig = null;
  #audioConfig = null;

  /**
   * @param {boolean} hasAudio whether sound comes as well
   * @param {(chunk: Blob, seconds: number) => void} take
   */
  constructor(hasAudio, take) {
    this.#hasAudio = hasAudio;
    this.#take = take;
  }

  /** The frame of this time, in microseconds, begins a chunk. */
  cutAt(time) {
    this.#cuts.add(time);
  }

  /** @param {Sample} sample @param {object} [config] where it has changed */
  addPicture(sample, config) {
    if (config) {
      this.#nextVideoConfig = config;
    }
    if (this.#heard === -Infinity) {
      this.#heard = sample.time;
    }
    if (this.#frames.length === 0) {
      this.#videoConfig = this.#nextVideoConfig;
    }
    this.#frames.push({ ...sample, config: this.#nextVideoConfig });
    this.#close();
  }

  addSound(sample, config) {
    this.#audioConfig = config ?? this.#audioConfig;
    this.#sounds.push(sample);
    this.#heard = sample.time;
    this.#close();
  }

  /** The recording is over: what is left is the last chunk. */
  finish() {
    this.#hasAudio = false;
    this.#close();
    if (this.#frames.length > 0) {
      const last = this.#frames.length - 1;
      const frame = last > 0 ? (this.#frames[last].time - this.#frames[0].time) / last : 33_333;
      this.#write(this.#frames.length, this.#frames[last].time + frame);
    }
  }

  #close() {
    const next = this.#frames.findIndex((sample, i) => i > 0 && sample.isKey && this.#cuts.has(sample.time));
    if (next < 0) {
      return;
    }
    const end = this.#frames[next].time;
    if (!this.#hasAudio || this.#heard >= end || this.#frames.at(-1).time > this.#heard + audioPatience) {
      this.#cuts.delete(end);
      this.#write(next, end);
      this.#close();
    }
  }

  #write(count, end) {
    const frames = this.#frames.splice(0, count);
    const begin = frames[0].time;
    const sounds = [];
    while (this.#sounds.length > 0 && this.#sounds[0].time < end) {
      const sound = this.#sounds.shift();
      if (sound.time >= begin) {
        sounds.push(sound);
      }
    }
    const tracks = [{ ...this.#videoConfig, samples: frames, end }];
    if (sounds.length > 0) {
      tracks.push({ ...this.#audioConfig, samples: sounds, end: sounds.at(-1).time + sounds.at(-1).duration });
    }
    this.#videoConfig = this.#frames[0]?.config ?? this.#nextVideoConfig;
    this.#take(chunkOf(tracks, begin), (end - begin) / 1e6);
  }
}
