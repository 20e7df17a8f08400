/** What the gateway's tracks are made of. */
export const usualFormat = 'audio/webm; codecs="opus"';

/**
 * How a track may reach the ear, best first. `mse` and `managed` take it chunk by chunk, and can change its sound while it plays; `hls` and `file` are left to the browser.
 * - `mse`: Media Source Extensions
 * - `managed`: the same where the browser decides when it is fed (ManagedMediaSource, on iPhones)
 * - `hls`: a playlist that the browser plays by itself
 * - `file`: the whole file
 */
export const paths = ['mse', 'managed', 'hls', 'file'];

/**
 * The paths that a browser has.
 * @param {{MediaSource?: Function, ManagedMediaSource?: Function}} scope
 * @param {{canPlayType(type: string): string}} element
 * @returns {string[]} at least `file`
 */
export function pathsHere(scope, element, format = usualFormat) {
  const has = {
    mse: isSupported(scope.MediaSource, format),
    managed: isSupported(scope.ManagedMediaSource, format),
    hls: element.canPlayType('application/vnd.apple.mpegurl') !== '',
    file: true,
  };
  return paths.filter(path => has[path]);
}

function isSupported(kind, format) {
  return typeof kind === 'function' && kind.isTypeSupported(format);
}
