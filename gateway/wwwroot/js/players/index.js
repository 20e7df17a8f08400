/**
 * The players this page knows. Each one lives in a module of its own and turns its library into the same few answers.
 *
 * @typedef {object} Exchange one finished request, whoever made it
 * @property {string} url
 * @property {'session' | 'manifest' | 'segment' | 'other'} kind
 * @property {number} status 0 when no answer came
 * @property {string | null} source the response's X-Served-From
 * @property {string | null} [cacheStatus] the response's Cache-Status
 * @property {string | null} [cmsd] the response's CMSD-Dynamic
 * @property {number} milliseconds from asking to the last byte
 * @property {number} bytes
 * @property {import('../problem.js').Problem} [problem] set when the answer was no success
 *
 * @typedef {object} Rendition
 * @property {string} id
 * @property {number} width 0 when there is no video
 * @property {number} height
 * @property {number} bitsPerSecond
 *
 * @typedef {object} OpenOptions
 * @property {HTMLVideoElement} video
 * @property {string} url
 * @property {(url: string) => string} addressOf what an address is by now: a session that was carried on by another one has another ticket
 * @property {string} sessionId CMCD sid
 * @property {string} contentId CMCD cid
 * @property {number | null} startAt seconds on the media's timeline where playback begins; null for the player's own choice
 * @property {number} leastSec seconds of media at most that a start may wait for: a player brings as many before it plays
 * @property {boolean} isBalanced begins with the lowest rendition and tries playlists again patiently; else as the library does by itself
 * @property {(session: string | null) => void} onSession what an answer says in X-Session-Id; may be told more than once
 * @property {(exchange: Exchange) => void} onExchange
 * @property {(start: number, end: number) => void} onSegment a segment of the picture, or of the sound where there is none, or a part of one is in the buffer: seconds on the element's timeline
 * @property {(words: object) => void} onFatal the player has given up
 * @property {(words: object) => void} onTrouble the player has a difficulty and goes on by itself
 *
 * @typedef {object} Track sound or subtitles
 * @property {string} id
 * @property {string} label
 * @property {boolean} isOn
 *
 * @typedef {object} Player
 * @property {() => Rendition[]} renditions
 * @property {() => Rendition | null} selected the rendition the player fetches now
 * @property {() => boolean} isAutomatic whether the player chooses the rendition
 * @property {(id: string | null) => void} select a rendition; null leaves it to the player
 * @property {() => Track[]} audioTracks
 * @property {(id: string) => void} selectAudio
 * @property {() => Track[]} textTracks
 * @property {(id: string | null) => void} selectText null for none
 * @property {() => number | null} throughput bits per second, by the player's own estimate
 * @property {() => boolean} isLive
 * @property {() => number | null} latency seconds behind the live edge
 * @property {() => number | null} liveDelay seconds behind the live edge where it means to play; null while unknown, and on demand
 * @property {() => boolean} isFull whether nothing more is fetched until it plays
 * @property {() => {start: number, end: number} | null} liveRange where a broadcast can be sought, on the media's own timeline; its end is where it plays when it is not behind
 * @property {() => void | Promise<void>} close
 */

const lib = new URL('../../lib/', import.meta.url);

export const players = {
  hlsjs: {
    name: 'hls.js',
    plays: ['hls'],
    file: new URL('hls.js/hls.min.mjs', lib).href,
    open: async options => (await import('./hlsjs.js')).open(options),
  },
  dashjs: {
    name: 'dash.js',
    plays: ['dash'],
    file: new URL('dashjs/dash.all.min.js', lib).href,
    open: async options => (await import('./dashjs.js')).open(options),
  },
  shaka: {
    name: 'shaka-player',
    plays: ['hls', 'dash', 'file'],
    file: new URL('shaka-player/shaka-player.compiled-es2021.js', lib).href,
    open: async options => (await import('./shaka.js')).open(options),
  },
  native: {
    name: 'The browser’s own',
    plays: ['file', 'hls'],
    file: null,
    open: async options => (await import('./native.js')).open(options),
  },
};

/** What a track is called in a menu. */
export function labelOf(name, language, number) {
  return name || (language && language !== 'und' ? language : '') || `Track ${number}`;
}

/** Whether this browser lets a page bring the media itself; else it plays what it knows: files, and HLS where it has that. */
export const hasMediaSource = () => 'MediaSource' in globalThis || 'ManagedMediaSource' in globalThis;

/** What is told where a player needs that. */
export function noMediaSource(id) {
  return {
    headline: `${players[id].name} does not run here`, detail: 'This browser has no Media Source Extensions.',
    advice: 'Choose “One file” as the format, where the title has one, and the browser’s own player; or take another browser.', code: '', status: 0,
  };
}

/** Finds out which libraries were never installed: a page that offers them and then fails says less than one that knows. */
export async function findMissing() {
  const answers = await Promise.all(Object.entries(players).filter(([, player]) => player.file).map(async ([id, player]) => {
    try {
      return (await fetch(player.file, { method: 'HEAD' })).ok ? null : id;
    } catch {
      return id;
    }
  }));
  return new Set(answers.filter(id => id !== null));
}
