/**
 * What went wrong, in words, and what to do about it.
 *
 * @typedef {{headline: string, detail: string, advice: string, code: string}} Explanation
 */

const byName = {
  NotAllowedError: source => ({
    headline: source === 'camera' ? 'The browser may not use camera or microphone' : 'Nothing was chosen, or the browser may not record the screen',
    advice: source === 'camera' ? 'Allow both in the browser’s settings for this page (the sign in the address bar), then press Start again.' : 'Press Start again and choose what to record. Some systems ask in their own settings whether browsers may record the screen.',
  }),
  NotFoundError: source => ({
    headline: source === 'camera' ? 'No camera or no microphone was found' : 'There is nothing here that could be recorded',
    advice: 'Connect one, or choose “No sound” if only the microphone is missing.',
  }),
  NotReadableError: () => ({ headline: 'The device does not answer', advice: 'Another program may have it. Close that program, or connect the device anew.' }),
  OverconstrainedError: () => ({ headline: 'The chosen camera is not there any more', advice: 'Choose another one.' }),
};

const byCode = {
  STREAMING_LIVE_NOT_ALLOWED: 'Ask the operator to name this account in Gateway:Live:InternalAccounts, or use another access token.',
  STREAMING_CREDENTIAL_EXPIRED: 'Enter a fresh access token under “More”. A recording that was without network for longer than its upload token is good has to be stopped.',
  STREAMING_SESSION_NOT_FOUND: 'The gateway has forgotten it. Press Stop and start a new one.',
  STREAMING_SESSION_ENDED: 'It got no chunk for too long, or another page ended it. Press Stop and start a new one.',
  STREAMING_CHUNK_CONFLICT: 'Another recorder writes into this session. Drop this chunk, or stop.',
  STREAMING_LIVE_QUEUE_FULL: 'The transcoder does not keep up. Wait, or record with a lower quality.',
};

const byStatus = {
  0: 'Is the network there, and the gateway still running?',
  401: 'Enter an access token under “More”.',
  403: 'Use an access token that may create live sessions.',
  404: 'Live ingest is switched off here: Gateway:Live:Enabled turns it on.',
  413: 'Record with a lower quality, or raise Gateway:Live:MaxChunkBytes.',
  422: 'This browser records something that the gateway does not take. Drop this chunk, or stop and use another browser.',
  429: 'A limit is reached. Wait a little.',
  503: 'Wait a little; what was recorded is kept.',
};

/** @param {Error} error of the browser, while a source was opened */
export function explainSource(error, source) {
  const known = byName[error.name]?.(source);
  return { headline: known?.headline ?? 'The recording could not begin', detail: known ? '' : error.message, advice: known?.advice ?? 'Try another source.', code: error.name };
}

/** @param {import('../js/problem.js').Problem} problem */
export function explainAnswer(problem) {
  const isOff = problem.status === 404 && problem.code !== 'STREAMING_SESSION_NOT_FOUND';
  return {
    headline: isOff ? 'This gateway takes no live sessions' : problem.title ?? (problem.status === 0 ? 'The gateway does not answer' : `The gateway answered ${problem.status}`),
    detail: problem.status === 0 || isOff ? '' : problem.detail ?? '',
    advice: byCode[problem.code] ?? byStatus[problem.status] ?? 'Look at the gateway’s log.',
    code: [problem.status || '', problem.code ?? ''].filter(part => part !== '').join(' '),
  };
}

export const insecure = {
  headline: 'Browsers record on secure pages only',
  detail: `This page came from ${location.origin}, without encryption.`,
  advice: 'Open it by https, or on the gateway’s own machine by http://localhost.',
  code: '',
};

export const noEncoder = {
  headline: 'This browser cannot record video',
  detail: 'It has neither WebCodecs with H.264 nor MediaRecorder.',
  advice: 'Use a current Chrome, Edge, Safari or Firefox.',
  code: '',
};

export const broken = error => ({ headline: 'The recording broke off', detail: error.message, advice: 'What was recorded before is sent. Press Start for a new session.', code: error.name });
