/** Gets what is recorded. Both calls have to come straight from a click, and either may be refused by the user. */

export const sources = { screen: 'The whole screen', window: 'A window or tab', camera: 'The camera' };

export const qualities = {
  480: { name: '480p', height: 480, bitsPerSecond: 1_000_000 },
  720: { name: '720p', height: 720, bitsPerSecond: 2_500_000 },
  1080: { name: '1080p', height: 1080, bitsPerSecond: 5_000_000 },
};

export const framesPerSecond = 30;

/**
 * @param {'screen' | 'window' | 'camera'} source
 * @param {'own' | 'microphone' | 'none'} sound own: what the screen or window plays
 * @param {number} height most lines
 * @param {string} [camera] device id
 */
export async function openSource(source, sound, height, camera) {
  if (source === 'camera') {
    return navigator.mediaDevices.getUserMedia({
      video: { height: { ideal: height }, width: { ideal: Math.round((height * 16) / 9) }, frameRate: { ideal: framesPerSecond, max: framesPerSecond }, ...(camera ? { deviceId: { exact: camera } } : {}) },
      audio: sound === 'microphone',
    });
  }
  const stream = await navigator.mediaDevices.getDisplayMedia({
    video: { displaySurface: source === 'screen' ? 'monitor' : 'window', frameRate: { max: framesPerSecond } },
    audio: sound === 'own',
  });
  if (sound === 'microphone') {
    try {
      const microphone = await navigator.mediaDevices.getUserMedia({ audio: true });
      microphone.getAudioTracks().forEach(track => stream.addTrack(track));
    } catch (error) {
      release(stream);
      throw error;
    }
  }
  return stream;
}

/** Switches camera, microphone and the browser's sign for them off. */
export function release(stream) {
  stream?.getTracks().forEach(track => track.stop());
}

/** @returns {Promise<{id: string, name: string}[]>} cameras; without names until one was allowed */
export async function cameras() {
  const devices = await navigator.mediaDevices.enumerateDevices();
  return devices.filter(device => device.kind === 'videoinput' && device.deviceId !== '').map((device, i) => ({ id: device.deviceId, name: device.label || `Camera ${i + 1}` }));
}
