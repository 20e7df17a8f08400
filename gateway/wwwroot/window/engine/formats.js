import { Failure } from './failure.js';
import { openFlac } from './flac.js';
import { openMp3 } from './mp3.js';
import { openOpus } from './opus.js';
import { openWav } from './wav.js';

/**
 * A file's format, opened. What each has in common:
 *
 * @typedef {object} Format
 * @property {string} name
 * @property {string} detail
 * @property {number} sampleRate in Hz
 * @property {number} channels
 * @property {number} frames in the whole file
 * @property {number} end offset behind the last byte of sound
 * @property {boolean} isExact whether a seek finds its frame exactly
 * @property {(frame: number, signal: AbortSignal) => Promise<{offset: number, frame: number}>} locate where to read for a frame, and the frame that decoding there begins with
 * @property {(means: {frame: number, emit: (frame: number, channels: Float32Array[]) => Promise<void>, room: () => Promise<void>}) => Decoder} decoder
 *
 * @typedef {object} Decoder
 * @property {(piece: Uint8Array) => Promise<void>} feed done when what it decoded is taken
 * @property {() => Promise<void>} finish the file is at its end
 * @property {() => void} close
 */

/**
 * Opens a file by its first bytes rather than by its media type, which servers get wrong.
 * @param {import('./reader.js').RangeReader} reader
 * @param {AbortSignal} signal
 * @param {typeof globalThis} codecs where AudioDecoder and EncodedAudioChunk are, if they are anywhere
 * @returns {Promise<Format>}
 */
export async function openFormat(reader, signal, codecs) {
  const head = await reader.span(0, 12, signal);
  const word = String.fromCharCode(...head.subarray(0, 4));
  switch (word) {
    case 'RIFF':
    case 'RF64':
    case 'BW64':
      return openWav(reader, signal);
    case 'OggS':
      return openOpus(reader, signal, codecs);
    case 'fLaC':
      return openFlac(reader, signal, codecs, 0);
    default:
      if (word.startsWith('ID3') || (head[0] === 0xff && (head[1] & 0xe6) === 0xe2)) {
        return openMp3(reader, signal, codecs);
      }
      throw new Failure('unplayable', word.length === 4 && String.fromCharCode(...head.subarray(4, 8)) === 'ftyp'
        ? 'This is an MP4 file. The player page plays it; this one plays WAV, FLAC, MP3 and Opus in Ogg.'
        : 'This is none of WAV, FLAC, MP3 and Opus in Ogg.');
  }
}
