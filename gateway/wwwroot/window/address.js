import { playUrl, root } from '../js/catalogue.js';
import { Failure } from './engine/failure.js';
import { refusal } from './engine/source.js';

/**
 * Where a file is read: below a session of its title, where the gateway gives other forms of it too (`?format=`); or at `/play/…` where its folder is no title.
 * @param {{file: string, form: string, token: string}} choice
 * @param {(session: {id: string, credential: string}) => void} [onSession] called with each session that is opened for it
 * @returns {(signal: AbortSignal) => Promise<{url: string, headers: Object<string, string>}>}
 */
export function addressOf({ file, form, token }, onSession = () => {}) {
  const credential = token === '' ? {} : { Authorization: `Bearer ${token}` };
  const folder = file.split('?')[0].split('/').slice(0, -1).map(decoded).join('/');
  return async signal => {
    const session = folder === '' ? null : await openSession(folder, credential, signal);
    if (session === null) {
      if (form !== 'native') {
        throw new Failure('unplayable', 'Other forms of a file are offered for files in the folder of a title, and this folder is none.');
      }
      return { url: playUrl(file), headers: credential };
    }
    onSession({ id: session.sessionId, credential: session.ticket });
    const url = new URL(playUrl(file).replace('/play/', `/api/v1/files/${session.ticket}/`));
    if (form !== 'native') url.searchParams.set('format', form);
    return { url: url.href, headers: credential };
  };
}

/** A seek index or a waveform lies beside the file, and has its address with something behind it. */
export function besides(url, ending) {
  const beside = new URL(url);
  beside.pathname += ending;
  beside.search = '';
  return beside.href;
}

/** @returns {Promise<{sessionId: string, ticket: string} | null>} null where the folder is no title */
async function openSession(mediaId, credential, signal) {
  let response;
  try {
    response = await fetch(new URL('api/v1/playback/sessions', root), {
      method: 'POST', cache: 'no-store', signal, headers: { ...credential, 'Content-Type': 'application/json' }, body: JSON.stringify({ mediaId, engine: 'direct' }),
    });
  } catch (error) {
    if (signal.aborted) throw error;
    throw new Failure('network', 'The gateway did not answer.', { status: 0 });
  }
  if (response.status === 404 || response.status === 400) {
    await response.body?.cancel();
    return null;
  }
  if (!response.ok) throw await refusal(response, Infinity);
  return response.json();
}

function decoded(part) {
  try {
    return decodeURIComponent(part);
  } catch {
    return part;
  }
}
