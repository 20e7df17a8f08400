/** What can be played: the titles that the operator names (`Player:TitlesFile`), and any asset path that a person types. */

/** The gateway's address, for pages in any folder. */
export const root = new URL('..', import.meta.url);

export const formats = {
  hls: 'HLS',
  dash: 'DASH',
  file: 'One file',
};

/**
 * @typedef {object} Title
 * @property {string} id
 * @property {string} name
 * @property {Object<string, string>} assets asset path by format
 */

/** @returns {Promise<{titles: Title[], capture: string | null}>} and the page that records live sessions, where the gateway takes these */
export async function loadTitles() {
  const response = await fetch(new URL('titles.json', root));
  if (!response.ok) {
    throw new Error(`titles.json answered ${response.status}`);
  }
  const link = /<([^>]*)>;\s*rel="?capture"?/.exec(response.headers.get('Link') ?? '');
  return { titles: await response.json(), capture: link?.[1] ?? null };
}

/** The format that an asset's extension stands for; an unknown extension is offered as one file. */
export function formatOf(asset) {
  const path = asset.split('?')[0].toLowerCase();
  if (path.endsWith('.m3u8') || path.endsWith('.m3u')) {
    return 'hls';
  }
  return path.endsWith('.mpd') ? 'dash' : 'file';
}

/**
 * Brings what a person typed or pasted into the form of an asset path: no leading slash, no /play/ in front, nothing of this host. The playlist of a live session is no asset of the origin: its whole
 * address becomes a path with a leading slash.
 * @returns {{asset: string} | {complaint: string}}
 */
export function readAsset(typed) {
  let asset = typed.trim();
  const here = new URL('play/', root);
  if (isLiveSession(asset)) {
    return { asset: asset.slice(here.origin.length) };
  }
  if (asset.startsWith(here.href)) {
    asset = asset.slice(here.href.length);
  } else if (/^[a-z][a-z0-9+.-]*:/i.test(asset) || asset.startsWith('//')) {
    return { complaint: 'An asset path has no host: the gateway adds its own origin. Type it like films/x/master.m3u8.' };
  }
  asset = asset.replace(/^\/+/, '').replace(/^play\//, '');
  if (asset === '') {
    return { complaint: 'Type an asset path, for example films/x/master.m3u8.' };
  }
  if (asset.split('?')[0].split('/').some(part => part === '.' || part === '..')) {
    return { complaint: 'An asset path has no “.” or “..” in it.' };
  }
  return { asset };
}

/** Whether an address is the playlist of a live session that somebody uploads to this gateway. */
export function isLiveSession(url) {
  return url.startsWith(new URL('stream/', root).href);
}

/** The address that a player is given. A path part that is already percent-encoded is kept as it is. `draw` says under which name the gateway has drawn the engine that is followed. */
export function playUrl(asset, accessToken, draw = null) {
  const [path, query = ''] = asset.split(/\?(.*)/s);
  if (path.startsWith('/')) {
    return withToken(new URL(asset, root), accessToken);
  }
  const encoded = path.split('/')
    .map(part => (/%[0-9a-f]{2}/i.test(part) ? part : encodeURIComponent(part)))
    .join('/');
  const url = new URL(`play/${encoded}`, root);
  url.search = query;
  if (draw) {
    url.searchParams.set('draw', draw);
  }
  return withToken(url, accessToken);
}

function withToken(url, accessToken) {
  if (accessToken) {
    url.searchParams.set('access_token', accessToken);
  }
  return url.href;
}
