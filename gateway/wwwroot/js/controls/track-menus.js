import { bitrate } from '../words.js';

/** What the player chooses by itself. */
const automatic = 'auto';

/** No subtitles. */
const none = 'none';

/** The menus of what a player offers: renditions, sounds, subtitles. A menu without a choice is not there. */
export class TrackMenus {
  #at = id => document.getElementById(id);
  #player = () => null;
  #shown = new Map();

  /** @param {() => import('../players/index.js').Player | null} player the one that plays */
  constructor(player) {
    this.#player = player;
    this.#at('quality').addEventListener('change', event => this.#choose(event, (now, id) => now.select(id === automatic ? null : id)));
    this.#at('sound').addEventListener('change', event => this.#choose(event, (now, id) => now.selectAudio(id)));
    this.#at('subtitles').addEventListener('change', event => this.#choose(event, (now, id) => now.selectText(id === none ? null : id)));
  }

  /** Subtitles on and off by one key: the first of them, or none. */
  toggleSubtitles() {
    const player = this.#player();
    const tracks = player?.textTracks() ?? [];
    if (tracks.length > 0) {
      player.selectText(tracks.some(track => track.isOn) ? null : tracks[0].id);
    }
  }

  /** @param {import('../state.js').PlayerState} state */
  show(state) {
    const player = state.phase === 'idle' || state.phase === 'failed' ? null : this.#player();
    const renditions = [...player?.renditions() ?? []].sort((a, b) => b.bitsPerSecond - a.bitsPerSecond);
    const isAutomatic = player?.isAutomatic() ?? true;
    const selected = player?.selected()?.id ?? '';
    this.#fill('quality', renditions.length > 1, [
      { id: automatic, label: isAutomatic && state.rendition?.height > 0 ? `Auto (${state.rendition.height}p)` : 'Auto' },
      ...renditions.map(rendition => ({ id: rendition.id, label: `${rendition.height > 0 ? `${rendition.height}p, ` : ''}${bitrate(rendition.bitsPerSecond)}` })),
    ], isAutomatic ? automatic : selected);
    const sounds = player?.audioTracks() ?? [];
    this.#fill('sound', sounds.length > 1, sounds, sounds.find(track => track.isOn)?.id ?? '');
    const texts = player?.textTracks() ?? [];
    this.#fill('subtitles', texts.length > 0, [{ id: none, label: 'Off' }, ...texts], texts.find(track => track.isOn)?.id ?? none);
  }

  #choose(event, act) {
    const player = this.#player();
    if (player !== null) {
      act(player, event.target.value);
    }
    // Keys are for the video again.
    event.target.blur();
  }

  /** Built anew only when it says something else: an open menu that is rebuilt closes. */
  #fill(id, isThere, entries, chosen) {
    const select = this.#at(id);
    select.closest('label').hidden = !isThere;
    const key = JSON.stringify(entries);
    if (this.#shown.get(id) !== key && document.activeElement !== select) {
      this.#shown.set(id, key);
      select.replaceChildren(...entries.map(entry => new Option(entry.label, entry.id)));
    }
    if (document.activeElement !== select && select.value !== chosen) {
      select.value = chosen;
    }
  }
}
