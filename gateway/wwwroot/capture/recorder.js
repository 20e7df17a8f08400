import { ChunkAssembler } from './chunk-assembler.js';
import { VideoEncoding, findCodec } from './video-encoding.js';
import { RestartedRecorder, findType } from './restarted-recorder.js';
import { AudioEncoding } from './audio-encoding.js';

/**
 * A recorder makes chunks of a stream, each decodable by itself: `start()`, `stop()` (resolves when the last chunk was handed on) and `label`, what it writes.
 *
 * @typedef {object} RecorderOptions
 * @property {number} chunkSeconds
 * @property {number} height most lines of the picture
 * @property {number} bitsPerSecond of the picture
 * @property {number} framesPerSecond
 * @property {(chunk: Blob, seconds: number) => void} take
 * @property {(error: Error) => void} fail
 */

/**
 * The best recorder that this browser has; null where it has none. Encoders of the page's own run on from chunk to chunk. Browsers that lack them restart a MediaRecorder for each, which costs a
 * breath of sound and up to a frame where chunks meet.
 * @param {MediaStream} stream
 * @param {RecorderOptions} options
 * @param {string} [wanted] `media-recorder` for that one
 */
export async function recorderFor(stream, options, wanted) {
  const codec = wanted === 'media-recorder' ? null : await findCodec(options.height, options.bitsPerSecond, options.framesPerSecond);
  if (codec !== null) {
    return new EncodingRecorder(stream, { ...options, codec });
  }
  const type = findType(stream.getAudioTracks().length > 0);
  return type === null ? null : new RestartedRecorder(stream, type, options);
}

/** Whether this browser can record at all. */
export async function canRecord() {
  return (await findCodec(480, 1_000_000, 30)) !== null || findType(true) !== null;
}

class EncodingRecorder {
  #assembler;
  #encoders;

  constructor(stream, options) {
    const sound = typeof AudioEncoder === 'undefined' ? undefined : stream.getAudioTracks()[0];
    this.#assembler = new ChunkAssembler(sound !== undefined, options.take);
    this.#encoders = [new VideoEncoding(stream.getVideoTracks()[0], options, this.#assembler, options.fail)];
    if (sound) {
      this.#encoders.push(new AudioEncoding(sound, this.#assembler, options.fail));
    }
  }

  label = 'MP4, H.264';

  start() {
    for (const encoder of this.#encoders) {
      encoder.run();
    }
  }

  async stop() {
    await Promise.all(this.#encoders.map(encoder => encoder.stop()));
    this.#assembler.finish();
  }
}
