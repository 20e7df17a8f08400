import { systemClock } from './clock.js';
import { openFormat } from './formats.js';
import { AudioOutput } from './output.js';
import { RangeReader } from './reader.js';
import { FileSource } from './source.js';
import { DecodedWindow, marks } from './window.js';

/** What the engine takes from outside, as it is in a browser. Tests put their own in its place. */
export const browserMeans = {
  fetch: (...request) => globalThis.fetch(...request), clock: systemClock, codecs: globalThis, openOutput: AudioOutput.open, marks,
};

/** Reads a file's headers and makes what plays it. */
export async function openParts(address, { fetch, clock, codecs, openOutput, marks: bounds }, signal) {
  const source = new FileSource(await address(signal), { fetch, clock });
  const reader = new RangeReader(source);
  const format = await openFormat(reader, signal, codecs);
  const output = await openOutput(format);
  if (signal.aborted) {
    await output.close();
    signal.throwIfAborted();
  }
  return { source, reader, format, output, window: new DecodedWindow(format, bounds) };
}
