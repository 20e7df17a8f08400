import { Failure } from './failure.js';

/** Packets given to the codec before its answers are taken: half a second of Opus. */
const groupSize = 25;

/** A codec that fails on a packet is replaced, and the packet is silence; so often in one run, then the file is given up. */
const mostDamage = 50;

/** Timestamps are microseconds, and a decoder's lead-in lies before zero. */
const shift = 10_000_000;

/**
 * Packets into samples by the browser's own codec (WebCodecs `AudioDecoder`).
 *
 * Decoding ahead is bounded by not feeding: a group of packets goes in when the window has room, and the next one when the codec's queue is empty and its samples are taken. So neither that
 * queue nor the samples that wait here ever hold more than a group.
 *
 * Each packet carries its frame number as its timestamp, and the samples come back with it. A packet that gives nothing leaves a gap, which is filled with silence: what follows keeps its place.
 * The codec is never flushed but at the end, because a flush forgets what the next packet of MP3 or Opus builds on.
 */
export class PacketDecoder {
  #codecs;
  #config;
  #means;
  #codec = null;
  #error = null;
  #out = [];
  #next;
  #limit;
  #gain;
  #damage = 0;
  #wake = () => {};

  /**
   * @param {{codecs: typeof globalThis, config: AudioDecoderConfig, limit: number, gain?: number}} setup `limit`: frames of the whole file, beyond which samples are padding
   * @param {{frame: number, emit: Function, room: Function}} means
   */
  constructor({ codecs, config, limit, gain = 1 }, means) {
    this.#codecs = codecs;
    this.#config = config;
    this.#limit = limit;
    this.#gain = gain;
    this.#means = means;
    this.#next = means.frame;
  }

  /** @param {{data: Uint8Array, frame: number}[]} packets */
  async decode(packets) {
    for (let at = 0; at < packets.length; at += groupSize) {
      await this.#means.room();
      for (const { data, frame } of packets.slice(at, at + groupSize)) {
        this.#give(data, frame);
      }
      await this.#until(() => this.#codec === null || this.#codec.decodeQueueSize === 0);
      await this.#drain();
    }
  }

  async finish() {
    await this.#codec?.flush().catch(() => {});
    await this.#drain();
  }

  close() {
    if (this.#codec !== null && this.#codec.state !== 'closed') {
      this.#codec.close();
    }
    this.#codec = null;
    for (const sound of this.#out.splice(0)) {
      sound.close();
    }
  }

  #give(data, frame) {
    try {
      this.#codec ??= this.#begin();
      const timestamp = Math.round((frame * 1e6) / this.#config.sampleRate) + shift;
      this.#codec.decode(new this.#codecs.EncodedAudioChunk({ type: 'key', timestamp, data }));
    } catch (error) {
      this.#damaged(error);
    }
  }

  #begin() {
    const codec = new this.#codecs.AudioDecoder({
      output: sound => {
        this.#out.push(sound);
        this.#wake();
      },
      error: error => {
        if (codec === this.#codec) {
          this.#damaged(error);
        }
        this.#wake();
      },
    });
    codec.ondequeue = () => this.#wake();
    codec.configure(this.#config);
    return codec;
  }

  #damaged(error) {
    this.#codec = null;
    if (++this.#damage > mostDamage) {
      this.#error = new Failure('format', `The sound is damaged: ${error.message}`);
    }
  }

  async #until(isDone) {
    while (!isDone() && this.#error === null) {
      await new Promise(resolve => { this.#wake = resolve; });
    }
    if (this.#error !== null) {
      throw this.#error;
    }
  }

  async #drain() {
    while (this.#out.length > 0) {
      const sound = this.#out.shift();
      const channels = [];
      let frame;
      try {
        frame = Math.round(((sound.timestamp - shift) * this.#config.sampleRate) / 1e6);
        for (let c = 0; c < this.#config.numberOfChannels; c++) {
          const samples = new Float32Array(sound.numberOfFrames);
          sound.copyTo(samples, { planeIndex: Math.min(c, sound.numberOfChannels - 1), format: 'f32-planar' });
          if (this.#gain !== 1) {
            for (let i = 0; i < samples.length; i++) samples[i] *= this.#gain;
          }
          channels.push(samples);
        }
      } finally {
        // Not by the garbage collector: each holds memory of the codec.
        sound.close();
      }
      await this.#place(frame, channels);
    }
  }

  async #place(frame, channels) {
    const gap = frame - this.#next;
    if (gap > 2 && gap < 60 * this.#config.sampleRate) {
      await this.#take(channels.map(() => new Float32Array(gap)));
    }
    await this.#take(channels);
  }

  async #take(channels) {
    const frame = this.#next;
    this.#next += channels[0].length;
    const count = Math.min(channels[0].length, this.#limit - frame);
    if (count > 0) {
      await this.#means.emit(frame, channels.map(samples => samples.subarray(0, count)));
    }
  }
}

/** Refuses what the browser's codecs do not know, before anything is played. */
export async function requireCodec(codecs, config, name) {
  const isKnown = codecs.AudioDecoder !== undefined && await codecs.AudioDecoder.isConfigSupported(config).then(answer => answer.supported, () => false);
  if (!isKnown) {
    throw new Failure('unplayable', codecs.AudioDecoder === undefined
      ? `This browser has no WebCodecs, which ${name} needs here${codecs.isSecureContext === false ? '; it offers them on pages from https or localhost only' : ''}.`
      : `This browser does not decode ${name}.`);
  }
}
