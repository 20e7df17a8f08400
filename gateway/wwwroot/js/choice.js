import { itemOf, nameOf } from './address.js';
import { formatOf, formats, playUrl, readAsset } from './catalogue.js';
import { findMissing, players } from './players/index.js';

const ownAsset = 'own';

/** What the viewer chooses in the form: a title or an asset of one's own, its format, the player. */
export class Choice {
  #at = id => document.getElementById(id);
  #form = this.#at('choice');
  #titles = [];
  #missing = new Set();
  #advice;
  /** Whether the viewer has chosen a format or a player; from then on the gateway's order does not change it. */
  isChosen = false;

  /** @param {import('./engine-advice.js').EngineAdvice} advice */
  constructor(advice) {
    this.#advice = advice;
    this.#form.addEventListener('change', event => {
      this.isChosen ||= event.target === this.#form.format || event.target === this.#form.player;
      this.offer();
      this.follow();
    });
    this.#form.asset.addEventListener('input', () => {
      this.#form.asset.setCustomValidity('');
      this.offer();
    });
  }

  get titles() {
    return this.#titles;
  }

  get token() {
    return this.#form.token.value.trim();
  }

  get isMuted() {
    return this.#form.muted.checked;
  }

  get format() {
    return this.#form.format.value;
  }

  get player() {
    return this.#form.player.value;
  }

  /** The chosen title; undefined for an asset of one's own. */
  get title() {
    return this.#titles.find(candidate => candidate.id === this.#form.title.value);
  }

  /** The queue's name of what is chosen; null with a complaint at the field where it is none. */
  get name() {
    if (this.title !== undefined) {
      return nameOf({ title: this.title.id });
    }
    const { asset, complaint } = readAsset(this.#form.asset.value);
    this.#form.asset.setCustomValidity(complaint ?? '');
    if (complaint !== undefined) {
      this.#form.asset.reportValidity();
      return null;
    }
    return nameOf({ asset });
  }

  /** @param {import('./catalogue.js').Title[]} titles @param {Set<string>} missing players whose library is not installed */
  fill(titles, missing) {
    this.#titles = titles;
    this.#missing = missing;
    this.#form.title.replaceChildren(...titles.map(title => new Option(title.name, title.id)), new Option('An asset of my own…', ownAsset));
  }

  /**
   * Brings the form to what an address asks for.
   * @param {import('./address.js').Address} asked
   * @returns {boolean} whether the page knows the title
   */
  ask(asked) {
    const form = this.#form;
    const isKnown = asked.title === null || this.#titles.some(title => title.id === asked.title);
    if (asked.asset !== null) {
      form.title.value = ownAsset;
      form.asset.value = asked.asset;
    } else if (asked.title !== null) {
      form.title.value = isKnown ? asked.title : ownAsset;
    }
    form.muted.checked = asked.muted;

    // A player that was asked for decides about the format, unless the address names both.
    this.offer();
    const format = asked.format ?? this.#values(form.format).find(id => players[asked.player]?.plays.includes(id));
    if (this.#values(form.format).includes(format)) {
      form.format.value = format;
      this.offer();
    }
    this.isChosen = asked.format !== null || asked.player !== null;
    this.follow();
    if (this.#values(form.player).includes(asked.player)) {
      form.player.value = asked.player;
      this.offer();
    }
    return isKnown || asked.asset !== null;
  }

  /** What the form shows is what plays. */
  show(name) {
    const { title, asset } = itemOf(name);
    this.#form.title.value = title ?? ownAsset;
    if (asset !== null) {
      this.#form.asset.value = asset;
    }
    this.offer();
    this.follow();
  }

  /** Formats that the chosen title has, and players that play the chosen format. Whatever still fits stays chosen. */
  offer() {
    const form = this.#form;
    const isOwn = form.title.value === ownAsset;
    this.#at('asset-field').hidden = !isOwn;
    this.#at('format-field').hidden = isOwn;
    this.#refill(form.format, isOwn ? [formatOf(form.asset.value)] : Object.keys(this.title?.assets ?? {}), id => formats[id]);
    const fitting = Object.keys(players).filter(id => players[id].plays.includes(form.format.value));
    this.#refill(form.player, fitting, id => (this.#missing.has(id) ? `${players[id].name} (not installed)` : players[id].name));
    if (!this.isChosen && form.player.value === 'native' && form.format.value !== 'file') {
      // Nobody chose it: it was there for one file.
      form.player.value = fitting.find(id => !this.#missing.has(id)) ?? 'native';
    }
    const isMissing = this.#missing.has(form.player.value);
    this.#at('missing').hidden = !isMissing;
    if (isMissing) {
      this.#at('missing-what').textContent = `${players[form.player.value].name} is not installed: ${new URL(players[form.player.value].file).pathname} is missing.`;
    }
  }

  /** Brings the format to what the gateway recommends, where the viewer has chosen none. */
  follow() {
    const { answer } = this.#advice;
    if (this.isChosen || answer === null || this.title === undefined) {
      return;
    }
    const offered = this.#values(this.#form.format);
    this.choose(answer.engine === 'direct' ? offered.find(id => id === 'file') : offered.find(id => id !== 'file'));
  }

  /** A format that nobody chose by hand, with the player that plays it. */
  choose(format) {
    if (format !== undefined && format !== this.#form.format.value) {
      this.#form.format.value = format;
      this.offer();
      if (format === 'file') {
        this.#form.player.value = 'native';
      }
    }
  }

  /** Whether the player can play now. Its library may have been installed since the page was opened. */
  async isPlayable() {
    if (this.#missing.has(this.player)) {
      this.#missing = await findMissing();
      this.offer();
    }
    return !this.#missing.has(this.player);
  }

  /** The chosen asset, and its own address. */
  get asset() {
    return this.title?.assets[this.format] ?? readAsset(this.#form.asset.value).asset;
  }

  /** `draw` says under which name the gateway has drawn the engine that is followed: the title comes either way, and the viewer has chosen neither. Only then does it count for the comparison of the two. */
  get url() {
    const { answer } = this.#advice;
    const assets = this.title?.assets ?? {};
    const follows = !this.isChosen && answer !== null && 'file' in assets && Object.keys(assets).length > 1 && (this.format === 'file') === (answer.engine === 'direct');
    return playUrl(this.asset, this.token, follows ? answer.draw : null);
  }

  #values(select) {
    return [...select.options].map(entry => entry.value);
  }

  #refill(select, ids, label) {
    const chosen = select.value;
    select.replaceChildren(...ids.map(id => new Option(label(id), id)));
    // Where nothing that was chosen fits any more: the first that can play at once.
    select.value = ids.includes(chosen) ? chosen : ids.find(id => !this.#missing.has(id)) ?? ids[0] ?? '';
  }
}
