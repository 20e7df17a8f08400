/**
 * Brings one stretch of a file into the decoded window: from a frame to the end of the file, for as long as nobody ends it.
 *
 * 1. The format says where to read for the frame, and which frame decoding there begins with.
 * 2. It waits for room in the window. Above the high mark neither a range is asked for nor a byte decoded, until the low mark is reached.
 * 3. A piece of 16 to 64 KiB is taken from the range that is held; a new range is asked for where that one ends.
 * 4. The decoder turns it into samples, which go into the window with this run's generation; what comes before the frame is dropped there.
 *
 * A run is the only one that reads, decodes and pushes. Whoever wants another one aborts it and awaits it first: a codec keeps a state between two packets, and a late packet of one place in
 * the decoder of another would spoil it without any error.
 */
export async function run({ format, reader, window, generation, frame, signal }) {
  const room = () => window.room(signal);
  const emit = async (first, channels) => {
    signal.throwIfAborted();
    for (let done = 0; done < channels[0].length;) {
      done += window.push(generation, first + done, done === 0 ? channels : channels.map(samples => samples.subarray(done)));
      if (done < channels[0].length) {
        await room();
      }
    }
  };

  const place = await format.locate(frame, signal);
  const decoder = format.decoder({ frame: place.frame, emit, room });
  try {
    for (let offset = place.offset; offset < format.end;) {
      await room();
      const piece = await reader.piece(offset, signal);
      const taken = piece.subarray(0, format.end - offset);
      offset += taken.byteLength;
      await decoder.feed(taken);
      signal.throwIfAborted();
    }
    await decoder.finish();
    signal.throwIfAborted();
  } finally {
    decoder.close();
  }
}
