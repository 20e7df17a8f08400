/** Reads the Prometheus text of this gateway, and answers questions about two scrapes that follow one another. */

const line = /^([a-zA-Z_:][\w:]*)(?:\{(.*)\})? (\S+)$/;
const label = /([a-zA-Z_]\w*)="((?:[^"\\]|\\.)*)"/g;

function number(text) {
  return text === '+Inf' ? Infinity : text === '-Inf' ? -Infinity : Number(text);
}

/** One scrape: series by name, each with its labels and value. */
export class Scrape {
  #series = new Map();

  constructor(text, at) {
    this.at = at;
    for (const row of text.split('\n')) {
      const found = row.startsWith('#') ? null : line.exec(row);
      if (found === null) {
        continue;
      }
      const labels = {};
      for (const [, name, value] of (found[2] ?? '').matchAll(label)) {
        labels[name] = value;
      }
      const points = this.#series.get(found[1]) ?? [];
      points.push({ labels, value: number(found[3]) });
      this.#series.set(found[1], points);
    }
  }

  points(name, wanted = () => true) {
    return (this.#series.get(name) ?? []).filter(point => wanted(point.labels));
  }

  sum(name, wanted) {
    return this.points(name, wanted).reduce((total, point) => total + point.value, 0);
  }
}

/** What happened between two scrapes. */
export class Interval {
  constructor(before, after) {
    this.before = before;
    this.after = after;
    this.seconds = (after.at - before.at) / 1000;
  }

  /** Rise of a counter in a second; a counter that fell belongs to a new process. */
  rate(name, wanted) {
    return Math.max(0, this.after.sum(name, wanted) - this.before.sum(name, wanted)) / this.seconds;
  }

  /** Quantile of a histogram over the interval, linear within a bucket as Prometheus has it; null when nothing was counted. */
  quantile(share, name, wanted) {
    const bounds = new Map();
    for (const [scrape, sign] of [[this.after, 1], [this.before, -1]]) {
      for (const { labels, value } of scrape.points(`${name}_bucket`, wanted)) {
        const bound = number(labels.le);
        bounds.set(bound, (bounds.get(bound) ?? 0) + sign * value);
      }
    }
    const buckets = [...bounds].sort(([a], [b]) => a - b);
    const total = buckets.at(-1)?.[1] ?? 0;
    if (total <= 0) {
      return null;
    }
    const rank = share * total;
    let lower = 0;
    let below = 0;
    for (const [bound, count] of buckets) {
      if (count >= rank) {
        return bound === Infinity ? lower : lower + (bound - lower) * (rank - below) / (count - below || 1);
      }
      lower = bound;
      below = count;
    }
    return lower;
  }
}
