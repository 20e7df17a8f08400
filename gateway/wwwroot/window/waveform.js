/** Bytes of a waveform file at most: eight hours at 100 points a second. */
const mostBytes = 8 * 1024 * 1024;

/**
 * The waveform beside a file (`song.wav.dat`), in the binary form of BBC audiowaveform: a header, then a lowest and a highest sample for each stretch of the file. It was made beforehand, so
 * the picture of the whole file is there at once, and dropping what was played takes nothing from it.
 * @returns {Promise<{at: (share: number, width: number) => {low: number, high: number}} | null>} null where there is none
 */
export async function loadWaveform(url, headers, signal) {
  const response = await fetch(url, { headers, signal });
  if (!response.ok || Number(response.headers.get('Content-Length') ?? Infinity) > mostBytes) {
    await response.body?.cancel();
    return null;
  }
  return readWaveform(await response.arrayBuffer());
}

/** @param {ArrayBuffer} buffer */
export function readWaveform(buffer) {
  const view = new DataView(buffer);
  if (buffer.byteLength < 20) return null;
  const version = view.getInt32(0, true);
  const isByte = (view.getUint32(4, true) & 1) !== 0;
  const begin = version === 2 ? 24 : 20;
  const channels = version === 2 && buffer.byteLength >= 24 ? view.getInt32(20, true) : 1;
  if ((version !== 1 && version !== 2) || channels < 1 || channels > 32) return null;
  const width = isByte ? 1 : 2;
  const count = Math.min(view.getUint32(16, true), Math.floor((buffer.byteLength - begin) / (2 * width * channels)));
  if (count === 0) return null;
  const value = n => (isByte ? view.getInt8(begin + n) / 128 : view.getInt16(begin + n * 2, true) / 32_768);
  return {
    /** The lowest and highest sample of a stretch, both as shares of the whole file. */
    at(share, part) {
      const first = Math.min(count - 1, Math.floor(share * count));
      const last = Math.min(count, Math.max(first + 1, Math.ceil((share + part) * count)));
      let [low, high] = [0, 0];
      for (let n = first * channels; n < last * channels; n++) {
        low = Math.min(low, value(2 * n));
        high = Math.max(high, value(2 * n + 1));
      }
      return { low, high };
    },
  };
}
