import { every } from './timer.js';

const maxWidth = 1920;
const codecs = ['avc1.640028', 'avc1.4d0028', 'avc1.42e028'];
const timescale = 90_000;

// A screen that stands still sends no frames; viewers and chunks need some all the same.
const stillAfter = 250_000;

// The machine slept, or the source stood still for so long that filling would only make copies: time goes on from where it was.
const longestPause = 10e6;

const mostWaiting = 20;

/**
 * The first H.264 profile in which this browser encodes frames of a size.
 * @returns {Promise<string | null>}
 */
export async function findCodec(height, bitsPerSecond, framesPerSecond) {
  if (typeof VideoEncoder === 'undefined' || typeof MediaStreamTrackProcessor === 'undefined') {
    return null;
  }
  for (const codec of codecs) {
    const config = configOf(codec, { width: even((height * 16) / 9), height }, bitsPerSecond, framesPerSecond);
    if ((await VideoEncoder.isConfigSupported(config).catch(() => null))?.supported) {
      return codec;
    }
  }
  return null;
}

/** Encodes a track's frames without a break, and asks for a key frame where a chunk has to begin. Times are microseconds of the page's own clock. */
export class VideoEncoding {
  #options;
  #assembler;
  #fail;
  #encoder;
  #reader;
  #last = null;
  #lastTime = -Infinity;
  #begin = -Infinity;
  #offset = null;
  #size = { width: 0, height: 0 };
  #endTicks = () => {};

  /**
   * @param {MediaStreamTrack} track
   * @param {{codec: string, height: number, bitsPerSecond: number, framesPerSecond: number, chunkSeconds: number}} options
   * @param {import('./chunk-assembler.js').ChunkAssembler} assembler
   * @param {(error: Error) => void} fail
   */
  constructor(track, options, assembler, fail) {
    this.#options = options;
    this.#assembler = assembler;
    this.#fail = fail;
    this.#reader = new MediaStreamTrackProcessor({ track }).readable.getReader();
    this.#encoder = new VideoEncoder({ output: (chunk, metadata) => this.#output(chunk, metadata), error: fail });
  }

  async run() {
    this.#endTicks = every(stillAfter / 1000, () => this.#repeat());
    try {
      for (;;) {
        const { value: frame, done } = await this.#reader.read();
        if (done) {
          return;
        }
        this.#add(frame);
      }
    } catch (error) {
      this.#fail(error);
    }
  }

  /** Resolves when every frame that came has been handed on. */
  async stop() {
    this.#endTicks();
    await this.#reader.cancel().catch(() => {});
    if (this.#encoder.state === 'configured') {
      await this.#encoder.flush().catch(() => {});
      this.#encoder.close();
    }
    this.#last?.close();
    this.#last = null;
  }

  #add(frame) {
    const now = performance.now() * 1000;
    this.#offset ??= now - frame.timestamp;
    const time = frame.timestamp + this.#offset;
    if (time - this.#lastTime > longestPause && this.#last !== null) {
      this.#offset += this.#lastTime + stillAfter - time;
    }
    this.#encode(frame, Math.round(frame.timestamp + this.#offset));
    this.#last?.close();
    this.#last = frame;
  }

  #repeat() {
    const time = Math.round(performance.now() * 1000);
    if (this.#last !== null && time - this.#lastTime >= stillAfter && time - this.#lastTime < longestPause) {
      this.#encode(this.#last, time);
    }
  }

  #encode(frame, time) {
    if (this.#encoder.state === 'closed' || time <= this.#lastTime) {
      return;
    }
    const length = this.#options.chunkSeconds * 1e6;
    // Where nothing came around the time of a cut, the frame before it begins the next chunk: no chunk becomes longer than the server takes.
    while (this.#last !== null && time - this.#begin > length + stillAfter) {
      this.#put(this.#last, this.#begin + length, true);
    }
    this.#put(frame, time, time - this.#begin >= length);
  }

  #put(frame, time, isCut) {
    if (time <= this.#lastTime || (!isCut && this.#encoder.encodeQueueSize > mostWaiting)) {
      return;
    }
    if (isCut) {
      this.#begin = time;
      this.#assembler.cutAt(time);
      this.#configure(frame);
    }
    this.#lastTime = time;
    const stamped = new VideoFrame(frame, { timestamp: time });
    this.#encoder.encode(stamped, { keyFrame: isCut });
    stamped.close();
  }

  /** A window may change its size while it is recorded: the next chunk has the new one. In between the encoder scales. */
  #configure(frame) {
    const scale = Math.min(1, this.#options.height / frame.displayHeight, maxWidth / frame.displayWidth);
    const size = { width: even(frame.displayWidth * scale), height: even(frame.displayHeight * scale) };
    if (size.width === this.#size.width && size.height === this.#size.height) {
      return;
    }
    this.#size = size;
    this.#encoder.configure(configOf(this.#options.codec, size, this.#options.bitsPerSecond, this.#options.framesPerSecond));
  }

  #output(chunk, metadata) {
    const data = new Uint8Array(chunk.byteLength);
    chunk.copyTo(data);
    const told = metadata?.decoderConfig;
    const config = told && { entry: 'avc1', timescale, width: told.codedWidth, height: told.codedHeight, description: bytesOf(told.description) };
    this.#assembler.addPicture({ data, time: chunk.timestamp, isKey: chunk.type === 'key' }, config);
  }
}

function configOf(codec, size, bitrate, framerate) {
  return { codec, ...size, bitrate, framerate, latencyMode: 'realtime', avc: { format: 'avc' } };
}

/** H.264 frames have even sizes. */
function even(pixels) {
  return Math.max(2, Math.round(pixels / 2) * 2);
}

export function bytesOf(buffer) {
  return ArrayBuffer.isView(buffer) ? new Uint8Array(buffer.buffer, buffer.byteOffset, buffer.byteLength).slice() : new Uint8Array(buffer).slice();
}
