/**
 * What the gateway tells of a track (`GET /api/library/tracks/{trackId}`): start and length of each chunk, in seconds, on one timeline from 0.
 */
export class Track {
  /** @param {{duration: number, format: string, chunks: {start: number, duration: number}[]}} told */
  constructor({ duration, format, chunks }) {
    this.duration = duration;
    this.format = format;
    this.chunks = chunks.map(({ start, duration: length }) => ({ start, end: start + length }));
  }

  /** @returns {Track | null} null for what is no description of a track */
  static read(told) {
    const { duration, format, chunks } = told ?? {};
    const isNumber = value => typeof value === 'number' && Number.isFinite(value) && value >= 0;
    if (!isNumber(duration) || typeof format !== 'string' || !Array.isArray(chunks) || chunks.length === 0) {
      return null;
    }
    let before = -1;
    for (const chunk of chunks) {
      if (!isNumber(chunk?.start) || !isNumber(chunk.duration) || chunk.duration === 0 || chunk.start <= before) {
        return null;
      }
      before = chunk.start;
    }
    return new Track(told);
  }

  get count() { return this.chunks.length; }

  /** The chunk that sounds at a time: the last one that has begun. */
  indexAt(seconds) {
    let [low, high] = [0, this.chunks.length - 1];
    while (low < high) {
      const middle = (low + high + 1) >> 1;
      if (this.chunks[middle].start <= seconds) low = middle;
      else high = middle - 1;
    }
    return low;
  }
}

/** One name for each sound: where nothing is enhanced, preset and intensity say nothing. */
export function nameOf({ enhanced, preset, intensity }) {
  return enhanced && intensity > 0 ? `${preset} ${intensity}` : 'plain';
}
