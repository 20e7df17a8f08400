/**
 * Texts of failures: reads the gateway's problem documents (RFC 9457, with a stable `code`) and adds what a person can do about them.
 *
 * @typedef {object} Problem
 * @property {number} status HTTP status, 0 when no answer came
 * @property {string} [code] the gateway's stable code
 * @property {string} [title]
 * @property {string} [detail]
 * @property {number} [retryAfterSeconds]
 * @property {boolean} [isTransient] what the gateway says of a start-up that failed: whether the same request will succeed later; absent where it says nothing
 * @property {number} [retryAfterMs] when, by the same hint
 */

/** What a viewer calls it; the gateway's own title is the name of the status. */
const headlineByStatus = {
  0: 'The gateway did not answer',
  401: 'An access token is needed',
  403: 'The access token is not for this',
  404: 'There is nothing at this path',
  409: 'Not in this state',
  410: 'The session has ended',
  429: 'A limit is reached',
  502: 'The origin does not answer',
  503: 'The gateway cannot serve this now',
  504: 'The origin took too long',
};

const adviceByStatus = {
  0: 'No answer came. Is the gateway still running, and is this page’s address its address?',
  401: 'Enter an access token under “More”, or open the gateway with Gateway:Access:Mode=Open.',
  403: 'Ask for a token whose media claim covers the path, and enter it under “More”.',
  404: 'Check the path, letter by letter, upper and lower case too.',
  409: 'The session is in a state that does not allow this. Press Play to open a new one.',
  410: 'The session has ended. Press Play to open a new one.',
  416: 'The file is shorter than the range that was asked for. It may have been replaced: press Play again.',
  429: 'A limit of this account or of the gateway is reached. Stop another stream, or wait a little.',
  502: 'The gateway is well, its origin is not: look at /health/ready and at the address of cluster “origin”.',
  503: 'Wait a moment and press Play again.',
  504: 'The origin took too long. Look at its load, and at the origin timeouts of the gateway.',
};

const adviceByCode = {
  STREAMING_TICKET_INVALID: 'The gateway has another key than when this title was opened; it may have been restarted. Press Play to open it anew.',
  STREAMING_DRAINING: 'This gateway is being taken out of service. Press Play again: the balancer will choose another one.',
  STREAMING_ORIGIN_UNAVAILABLE: 'The gateway is well, its origin is not: look at /health/ready and at the address of cluster “origin”.',
  STREAMING_TICKET_EXPIRED: 'The session’s ticket ran out. Press Play to get a new one.',
  STREAMING_ASSET_NOT_READY: 'The transcoder is still working on the first segments. Wait a moment and press Play again.',
};

/** @returns {Problem} what an HTTP answer that is not a success says, as far as it says anything */
export function readProblem(status, contentType, body, retryAfter) {
  const problem = { status };
  if (/^application\/(problem\+)?json/i.test(contentType ?? '')) {
    try {
      const { code, title, detail, startupHint: hint } = JSON.parse(body);
      Object.assign(problem, { code: text(code), title: text(title), detail: text(detail) });
      if (typeof hint?.transient === 'boolean') {
        problem.isTransient = hint.transient;
      }
      if (hint?.retryAfterMs > 0) {
        problem.retryAfterMs = hint.retryAfterMs;
      }
    } catch {
      // Cut short or not JSON after all: the status still tells what to do.
    }
  }
  const seconds = Number.parseInt(retryAfter ?? '', 10);
  if (seconds >= 0) {
    problem.retryAfterSeconds = seconds;
  }
  return problem;
}

/**
 * The text for the gateway's response to a failed request.
 * @param {Problem} problem
 */
export function explain(problem) {
  const wait = problem.retryAfterSeconds > 0 ? ` The gateway asks for ${problem.retryAfterSeconds} s of patience.` : '';
  return {
    headline: headlineByStatus[problem.status] ?? problem.title ?? `The gateway answered ${problem.status}`,
    detail: problem.detail ?? '',
    advice: (adviceByCode[problem.code] ?? adviceByStatus[problem.status] ?? 'Look at the last requests below, and at the gateway’s log.') + wait,
    code: problem.code ?? '',
    status: problem.status,
    passes: passes(problem),
  };
}

/**
 * Whether a failure is one of the gateway's, or of the way to it, that is over when the gateway is back: no answer, a fault behind it, a wait, or a session that only the
 * gateway of before knew.
 * @param {Problem} problem
 */
export function passes(problem) {
  return problem.status === 0 || problem.status === 408 || problem.status === 429 || problem.status >= 500 || isLostSession(problem);
}

/**
 * Whether a start-up that failed so may be tried again: what the gateway says of it, else what the status says. No answer, a limit, or a fault behind the gateway.
 * @param {Problem} problem
 */
export function mayMend(problem) {
  return problem.isTransient ?? (problem.status === 0 || problem.status === 408 || problem.status === 429 || problem.status >= 500);
}

/** The longest that a page waits because it is told to. */
const longestHintMs = 30_000;

/**
 * How long the gateway wants a start-up to wait; 0 where it says nothing.
 * @param {Problem} problem
 */
export function hintedMs(problem) {
  const hinted = problem.retryAfterMs ?? (problem.retryAfterSeconds ?? 0) * 1000;
  return hinted > 0 ? Math.min(Math.max(hinted, 1), longestHintMs) : 0;
}

/** The session's address is good no longer, and its title's own address opens another one. */
export function isLostSession(problem) {
  return problem.status === 401 && /^STREAMING_TICKET_/.test(problem.code ?? '');
}

/** The text for a title that an address names and the page does not know. */
export function unknownTitle(id, titles) {
  return {
    headline: `This page knows no title “${id}”`,
    detail: titles.length > 0 ? `It knows ${titles.map(title => title.id).join(', ')}.` : 'It knows none: Gateway:Player:TitlesFile names a file with titles.',
    advice: 'Choose a title, or type a path of your own.', code: '', status: 0,
  };
}

const mediaErrors = {
  1: ['Loading was broken off', 'Press Play to try again.'],
  2: ['The network failed while the media was loading', 'Check the connection to the gateway, then press Play.'],
  3: ['The media could not be decoded', 'The file or its codec is damaged or not supported here. Try another browser or rendition.'],
  4: ['This browser cannot play that format', 'Choose hls.js, dash.js or shaka-player: they play it through Media Source Extensions.'],
};

/** The text for a MediaError of the video element. */
export function explainMediaError(error) {
  const [headline, advice] = mediaErrors[error?.code] ?? ['The browser gave up playing', 'Press Play to try again.'];
  return { headline, detail: error?.message ?? '', advice, code: '', status: 0 };
}

function text(value) {
  return typeof value === 'string' && value !== '' ? value : undefined;
}
