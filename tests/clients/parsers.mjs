// Reads every manifest twice, as upstream wrote it and as the gateway rewrote it, with the parsers of real players, and tells where the
// two readings differ in anything but the place that the URLs lead to.
//
//   node parsers.mjs <folder>
//
// <folder>/index.json: { gateway, pairs: [{ name, mirrored, protocol, before, after, upstreamUrl, playerUrl, clusters }] }; before and after are
// files in <folder>, clusters are addresses by name. Standard output: { parsers: { name: { read, refused, urls } }, differences: [string] }.

import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { URL } from 'node:url';

import { itIs } from './browser.mjs';
import { readDash as dashjs } from './dashjs.mjs';
import { readDash as shakaDash, readHls as shakaHls } from './shaka.mjs';

const { Parser } = await import('m3u8-parser');
const { default: hlsParser } = await import('hls-parser');
const { default: mpdParser } = await import('mpd-parser');
const { M3U8Parser } = await import('hls.js');

const parsers = {
  hls: {
    'm3u8-parser': (text, url) => {
      const parser = new Parser({ uri: url });
      parser.push(text);
      parser.end();
      return parser.manifest;
    },
    'hls-parser': (text) => without(hlsParser.parse(text), 'source'),
    'hls.js': (text, url) => (M3U8Parser.isMediaPlaylist(text)
      ? without(M3U8Parser.parseLevelPlaylist(text, url, 0, 'main', 0, null), 'm3u8')
      : multivariant(text, url)),
    'shaka-player': shakaHls,
  },
  dash: {
    'mpd-parser': (text, url) => {
      const events = [];
      const manifest = mpdParser.parse(text, { manifestUri: url, NOW: minutesIn(text), eventHandler: (event) => events.push(event) });
      return { manifest, events, clock: clockOf(text) };
    },
    // Reads no further than the first relative BaseURL of a level. The gateway may have to write it as an absolute one, and then all count.
    'dash.js': (text, url, pair, before) => dashjs(text, url, /<BaseURL[^>]*>\s*(?![a-z][a-z\d+.-]*:)[^<]*<\/BaseURL>\s*<BaseURL/i.test(before)),
    // Takes the Location for the base of the very MPD that names it, other players the URL that the MPD came from. An MPD that the player
    // knows under another URL can have but one base: its own.
    'shaka-player': (text, url, pair) => shakaDash(pair.mirrored ? text : text.replace(/<Location.*?<\/Location>/gs, ''), url),
  },
};

function multivariant(text, url) {
  const parsed = M3U8Parser.parseMasterPlaylist(text, url);
  return { parsed, media: M3U8Parser.parseMasterPlaylistMedia(text, url, parsed) };
}

// Manifests that are odd on purpose: what a parser takes for a URL where there is none, and spellings that the gateway changes knowingly.
const oddities = [
  // Knows no variables and takes {$x} for text, where the gateway has written what it stands for.
  { parser: 'hls-parser', manifest: 'media-playlist-with-defines.m3u8', at: /^\.segments\.\d+\.uri / },
  // Whether the words of the playlist need variables; they no longer do.
  { parser: 'hls.js', manifest: 'media-playlist-with-defines.m3u8', at: /^\.hasVariableRefs: / },
  // An IV with a quotation mark too many: takes the rest of the line, URI and all, for the IV.
  { parser: 'hls-parser', manifest: 'media-playlist-with-key.m3u8', at: /\.key\.iv: / },
  // EXT-X-STREAM-INF has no attribute URI and no player follows one. Its last quotation mark is taken for the next line.
  { parser: 'hls-parser', manifest: 'hls_master_playlist_sap.m3u8', at: /^\.variants\.\d+\.uri\.attributes\.URI / },
  { parser: 'shaka-player', manifest: 'hls_master_playlist_sap.m3u8', at: /\.uris?(\.\d+)? leads to/ },
  { parser: 'hls.js', manifest: 'hls_master_playlist_sap.m3u8', at: /^\.parsed\.levels\.\d+\.(attrs\.URI|url) / },
  // Takes the rest of an EXTINF without a number for the line with the URI.
  { parser: 'hls.js', manifest: 'videojs-m3u8-parser/extinf.m3u8', at: /^\.fragments\.1\.(rel)?url / },
  // A backslash in a fragment, which no server ever sees, goes out as %5C.
  { parser: 'm3u8-parser', manifest: 'playlist_extinf_template.m3u8', at: /^\.segments\.1\.uri leads to: .*%5C/ },
];

// MPDs of live streams list what is available at a moment. Some of the corpus have been live since 1970: a few minutes of them will do.
function minutesIn(text) {
  const begin = Date.parse(/availabilityStartTime="([^"]+)"/.exec(text)?.[1]);
  return (Number.isNaN(begin) ? Date.UTC(2026, 0, 1) : begin) + 600_000;
}

function clockOf(text) {
  const clock = mpdParser.parseUTCTiming(text);
  return clock && clock.method !== 'DIRECT' ? { method: clock.method, url: clock.value } : clock;
}

function without(object, key) {
  delete object[key];
  return object;
}

// A scheme is named by a URI that nobody asks for.
const isAddress = (key) => key !== 'schemeIdUri' && /(^|[^a-z])(x-asset-(uri|list)|x-url)$|ur[il]s?$|^locations?$|^(xlink:)?href$/i.test(key);

// Walks both readings side by side. Accessors count: players of hls.js read fragment.url, not the words in the playlist.
class Comparison {
  constructor(pair, gateway) {
    this.pair = pair;
    this.gateway = gateway;
    this.differences = [];
    this.written = new Map();
    this.seen = new Set();
    this.urls = 0;
  }

  walk(before, after, path, key, resolved) {
    if (typeof before === 'string' && typeof after === 'string' && isAddress(key)) return this.address(before, after, path, key, resolved);
    if (before === null || after === null || typeof before !== 'object' || typeof after !== 'object') {
      if (typeof before !== 'function' && !Object.is(before, after)) this.differ(path, before, after);
      return;
    }

    if (this.seen.has(before)) return;
    this.seen.add(before);
    if (before instanceof Date) return this.walk(before.getTime(), after.getTime(), path, key);
    if (ArrayBuffer.isView(before)) return this.walk(hexOf(before), hexOf(after), path, '');
    if (before instanceof Map) [before, after] = [Object.fromEntries(before), Object.fromEntries(after)];
    const names = namesOf(before);
    const others = namesOf(after);
    if (names.join() !== others.join()) return this.differ(`${path} has`, names, others);
    const inArray = Array.isArray(before);
    // mpd-parser gives the words of a template and, beside them, where they lead below the BaseURLs.
    const lead = typeof before.resolvedUri === 'string' ? [before.resolvedUri, after.resolvedUri] : resolved;
    for (const name of names) this.walk(valueOf(before, name), valueOf(after, name), `${path}.${name}`, inArray ? key : name, lead);
  }

  address(before, after, path, key, resolved) {
    // Words that lead on only together with a base are judged by where they lead.
    if (resolved && key === 'uri') [before, after] = resolved;
    const wanted = resolve(before, this.pair.upstreamUrl);
    const asked = resolve(after, this.pair.playerUrl);
    if (wanted === null && asked === null) return;
    if (wanted === null || !/^https?:/.test(wanted)) {
      if (before !== after) this.differ(path, before, after);
      return;
    }

    // An empty string in these models is the absence of a URL.
    if (before === '' && after === '') return;
    this.urls++;
    const led = asked === null ? null : this.upstreamOf(asked);
    // An MPD without BaseURL is its own base. One that the player knows under another URL gets its folder instead: another URL, the same base.
    if (this.pair.protocol === 'dash' && wanted === this.pair.upstreamUrl && led === resolve('.', wanted)) return;
    if (led !== wanted) return this.differ(`${path} leads to`, wanted, led);
    // The other direction: byte ranges and caches rely on equal URLs staying equal.
    const known = this.written.get(wanted);
    if (known !== undefined && known !== asked) this.differ(`${path} is written in two ways`, known, asked);
    this.written.set(wanted, asked);
  }

  upstreamOf(asked) {
    if (asked === this.pair.playerUrl) return this.pair.upstreamUrl;
    const room = `${this.gateway}/api/v1/playback/T/`;
    if (!asked.startsWith(room)) {
      const host = new URL(asked).origin;
      const ours = host === this.gateway || Object.values(this.pair.clusters).some((address) => new URL(address).origin === host);
      return ours ? `${asked} (past the gateway)` : asked;
    }

    const rest = asked.slice(room.length);
    const slash = rest.indexOf('/');
    return resolve(`${this.pair.clusters[rest.slice(0, slash)]}${rest.slice(slash + 1)}`);
  }

  differ(path, before, after) {
    this.differences.push(`${path}: ${JSON.stringify(before)} became ${JSON.stringify(after)}`);
  }
}

function hexOf(view) {
  return Buffer.from(view.buffer, view.byteOffset, view.byteLength).toString('hex');
}

function namesOf(object) {
  const names = new Set(Object.keys(object));
  for (let kind = Object.getPrototypeOf(object); kind && kind !== Object.prototype && kind !== Array.prototype; kind = Object.getPrototypeOf(kind)) {
    for (const [name, property] of Object.entries(Object.getOwnPropertyDescriptors(kind))) if (property.get && name !== '__proto__') names.add(name);
  }

  return [...names].sort();
}

// Accessors of a playlist without segments may throw.
function valueOf(object, name) {
  try {
    return object[name];
  } catch (error) {
    return String(error);
  }
}

function resolve(reference, base) {
  try {
    return new URL(reference, base).href;
  } catch {
    return null;
  }
}

async function read(parse, text, url, pair, before) {
  try {
    return { model: await parse(text, url, pair, before) };
  } catch (error) {
    return { refusal: String(error.message ?? error).split('\n')[0] };
  }
}

const folder = process.argv[2];
const { gateway, pairs } = JSON.parse(await readFile(join(folder, 'index.json'), 'utf8'));
const report = { parsers: {}, differences: [] };
for (const pair of pairs) {
  const decode = async (file) => new TextDecoder().decode(await readFile(join(folder, file)));
  const [before, after] = await Promise.all([decode(pair.before), decode(pair.after)]);
  itIs(minutesIn(before));
  for (const [name, parse] of Object.entries(parsers[pair.protocol])) {
    const counts = report.parsers[name] ??= { read: 0, refused: 0, urls: 0 };
    const left = await read(parse, before, pair.upstreamUrl, pair, before);
    const right = await read(parse, after, pair.playerUrl, pair, before);
    if (left.refusal || right.refusal) {
      counts.refused++;
      if (left.refusal !== right.refusal) report.differences.push(`${name}: ${pair.name}: refusal ${left.refusal} became ${right.refusal}`);
      continue;
    }

    const comparison = new Comparison(pair, gateway);
    comparison.walk(left.model, right.model, '', '', null);
    if (left.model.refusedWith) counts.refused++;
    else counts.read++;
    counts.urls += comparison.urls;
    const odd = oddities.filter((m) => m.parser === name && pair.name.split(' (')[0].endsWith(m.manifest));
    const differences = comparison.differences.filter((difference) => !odd.some((m) => m.at.test(difference)));
    report.differences.push(...differences.slice(0, 3).map((difference) => `${name}: ${pair.name}: ${difference}`));
  }
}

// Players leave timers behind.
process.stdout.write(JSON.stringify(report), () => process.exit());
