import { Failure } from '../../window/engine/failure.js';
import { systemClock } from '../../window/engine/clock.js';

/** What the engine has in a browser. */
export const browserMeans = () => ({
  clock: systemClock,
  kind: globalThis.MediaSource,
  addressOf: object => URL.createObjectURL(object),
  release: address => URL.revokeObjectURL(address),
});

/**
 * Gives the element a MediaSource of its own.
 * @returns {Promise<{add(track: import('./track.js').Track): {mediaSource: MediaSource, sourceBuffer: SourceBuffer}}>} when it is open
 */
export async function openMediaSource(element, { kind, addressOf, release }, signal) {
  const mediaSource = new kind();
  const address = addressOf(mediaSource);
  try {
    // Without it a ManagedMediaSource stays closed: it cannot be sent to another device.
    element.disableRemotePlayback = true;
    await new Promise((resolve, reject) => {
      mediaSource.addEventListener('sourceopen', resolve, { once: true, signal });
      signal.addEventListener('abort', () => reject(signal.reason), { once: true });
      element.src = address;
    });
  } finally {
    // The element holds what it plays; the address has done its work.
    release(address);
  }
  return {
    add(track) {
      if (!kind.isTypeSupported(track.format)) throw new Failure('unplayable', `This browser does not play ${track.format} in pieces.`);
      const sourceBuffer = mediaSource.addSourceBuffer(track.format);
      mediaSource.duration = track.duration;
      return { mediaSource, sourceBuffer };
    },
  };
}
