import { playUrl, root } from '../js/catalogue.js';
import { addressOf } from '../window/address.js';

/**
 * Where a track's chunks are, for one play of it. CMCD goes into headers, so that a chunk has the same address for all who play it.
 * @param {{track: string, token: string, draw: string | null, session: string}} choice `session`: CMCD's name for this play; `draw` opens its session on the side that was drawn
 */
export function trackAddress({ track, token, draw, session }) {
  const credential = token === '' ? {} : { Authorization: `Bearer ${token}` };
  const name = encodeURIComponent(track);
  const who = { 'CMCD-Session': cmcd({ sf: 'o', sid: session, st: 'v' }) };
  const at = (path, isOpening) => {
    const url = new URL(path, root);
    if (isOpening && draw !== null) url.searchParams.set('draw', draw);
    return url;
  };
  return {
    track: () => ({ url: at(`api/library/tracks/${name}`, true).href, headers: { ...credential, ...who, 'CMCD-Object': 'ot=m' } }),
    chunk(index, { enhanced, preset, intensity }, { duration, ahead, isStart }) {
      const url = at(`api/player/stream_chunk/${name}/${index}`, isStart);
      url.searchParams.set('enhanced', enhanced);
      if (enhanced) {
        url.searchParams.set('preset', preset);
        url.searchParams.set('intensity', intensity);
      }
      const headers = {
        ...credential, ...who, 'CMCD-Object': cmcd({ ...(duration !== null && { d: Math.round(duration * 1000) }), ot: 'a' }),
        'CMCD-Request': cmcd({ bl: Math.round(ahead * 10) * 100, ...(isStart && { su: true }) }),
      };
      return { url: url.href, headers };
    },
  };
}

/** CTA-5004: keys in order, texts in quotes, tokens bare. */
function cmcd(told) {
  const texts = ['sid'];
  return Object.keys(told).sort().map(key => {
    const value = told[key];
    return value === true ? key : `${key}=${texts.includes(key) ? JSON.stringify(value) : value}`;
  }).join(',');
}

/**
 * What the browser plays by itself: a playlist or a file of the title, by its own address where the list of titles has one, else by a session's.
 * @param {'hls' | 'file'} path
 * @param {{track: string, assets: object, token: string, draw: string | null, session: string}} choice
 * @returns {Promise<{url: string | null, own: {id: string, credential: string} | null} | null>} null where there is no such title, and `url` where it has no such form; `own` is a session that was opened for it
 */
export async function plainAddress(path, { track, assets, token, draw, session }, signal) {
  const asset = assets[path];
  if (asset !== undefined && path === 'file' && draw === null) {
    // A session that is opened by a create is named to the page, which may tell it then why there are no chunks.
    let own = null;
    const { url } = await addressOf({ file: asset, form: 'native', token }, opened => { own = opened; })(signal);
    if (own !== null) return { url, own };
  }
  if (asset !== undefined) {
    const url = new URL(playUrl(asset, token, draw));
    url.searchParams.set('CMCD', cmcd({ sid: session, st: 'v' }));
    return { url: url.href, own: null };
  }
  const response = await fetch(new URL('api/v1/playback/sessions', root), {
    method: 'POST', cache: 'no-store', signal, body: JSON.stringify({ mediaId: track, engine: path === 'hls' ? 'segmented' : 'direct' }),
    headers: { 'Content-Type': 'application/json', ...(token !== '' && { Authorization: `Bearer ${token}` }) },
  });
  if (!response.ok) {
    await response.body?.cancel();
    return null;
  }
  const { sessionId, ticket, hlsUrl, directUrl } = await response.json();
  const url = path === 'hls' ? hlsUrl : directUrl;
  return { url: url ? new URL(url, root).href : null, own: { id: sessionId, credential: ticket } };
}

/** What the gateway wants this page to do; null without an answer. */
export async function askEngine(token) {
  try {
    const response = await fetch(new URL('api/v1/playback/engine', root), { cache: 'no-store', headers: token === '' ? {} : { Authorization: `Bearer ${token}` } });
    return response.ok ? await response.json() : null;
  } catch {
    return null;
  }
}

/** A name for one play, for CMCD. `crypto.randomUUID` is not there on plain http. */
export function newPlayId() {
  return Array.from(crypto.getRandomValues(new Uint8Array(16)), byte => byte.toString(16).padStart(2, '0')).join('');
}
