import { explain } from '../js/problem.js';

export const phases = {
  idle: 'Nothing yet', opening: 'Opening', playing: 'Playing', paused: 'Paused', waiting: 'Waiting for sound', ended: 'Played to the end', failed: 'Stopped',
};

export const paths = {
  mse: 'Chunks (MediaSource)', managed: 'Chunks (ManagedMediaSource)', hls: 'Browser’s own HLS', file: 'Whole file',
};

const texts = {
  network: ['The network failed', 'Is the gateway running, and is this page’s address its address?'],
  format: ['The track cannot be read', 'It is damaged, or the gateway’s transcoder is of another version.'],
  unplayable: ['This browser cannot play the track', 'Every browser plays whole files, where the title has one.'],
};

const notMade = {
  headline: 'There is no such track', advice: 'A track is the name of a file in the transcoder’s library. The gateway needs Gateway:Transcoder:Url to have chunks made at all.',
};

/** A failure as a person reads it: headline, detail, advice, code. */
export function describe(failure) {
  if (failure.kind === 'status') {
    const words = explain(failure.told);
    return failure.told.status === 404 ? { ...words, ...notMade, status: 404 } : { ...words, status: failure.told.status };
  }
  const [headline, advice] = texts[failure.kind] ?? texts.network;
  return { headline, detail: failure.message, advice, code: failure.told.code ?? '', status: failure.told.status ?? 0 };
}
