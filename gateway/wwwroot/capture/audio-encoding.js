import { bytesOf } from './video-encoding.js';

const bitrate = 128_000;

// The rate at which Opus counts, whatever it is given (RFC 7845 §4).
const opusRate = 48_000;

/** Encodes a track's sound without a break: AAC where the browser can, which goes out as it is, else Opus, of which the transcoder makes AAC. */
export class AudioEncoding {
  #assembler;
  #fail;
  #reader;
  #encoder = null;
  #offset = null;
  #config = null;

  /**
   * @param {MediaStreamTrack} track
   * @param {import('./chunk-assembler.js').ChunkAssembler} assembler
   * @param {(error: Error) => void} fail
   */
  constructor(track, assembler, fail) {
    this.#assembler = assembler;
    this.#fail = fail;
    this.#reader = new MediaStreamTrackProcessor({ track }).readable.getReader();
  }

  async run() {
    try {
      for (;;) {
        const { value: sound, done } = await this.#reader.read();
        if (done) {
          return;
        }
        this.#offset ??= performance.now() * 1000 - sound.timestamp;
        this.#encoder ??= await this.#open(sound);
        if (this.#encoder.state === 'configured') {
          this.#encoder.encode(sound);
        }
        sound.close();
      }
    } catch (error) {
      this.#fail(error);
    }
  }

  async stop() {
    await this.#reader.cancel().catch(() => {});
    if (this.#encoder?.state === 'configured') {
      await this.#encoder.flush().catch(() => {});
      this.#encoder.close();
    }
  }

  async #open(sound) {
    const numberOfChannels = Math.min(sound.numberOfChannels, 2);
    const aac = { codec: 'mp4a.40.2', sampleRate: sound.sampleRate, numberOfChannels, bitrate };
    const isAac = (await AudioEncoder.isConfigSupported(aac).catch(() => null))?.supported ?? false;
    this.#config = isAac
      ? { entry: 'mp4a', timescale: sound.sampleRate, sampleRate: sound.sampleRate, channels: numberOfChannels }
      : { entry: 'Opus', timescale: opusRate, sampleRate: opusRate, channels: numberOfChannels };
    const encoder = new AudioEncoder({ output: (chunk, metadata) => this.#output(chunk, metadata), error: this.#fail });
    encoder.configure(isAac ? aac : { ...aac, codec: 'opus' });
    return encoder;
  }

  #output(chunk, metadata) {
    const data = new Uint8Array(chunk.byteLength);
    chunk.copyTo(data);
    const told = metadata?.decoderConfig;
    if (told?.description && this.#config.entry === 'mp4a') {
      this.#config = { ...this.#config, description: bytesOf(told.description) };
    }
    const samples = Math.round((chunk.duration * this.#config.timescale) / 1e6);
    this.#assembler.addSound({ data, time: chunk.timestamp + this.#offset, duration: (samples * 1e6) / this.#config.timescale, isKey: true }, this.#config);
  }
}
