/** Numbers as a person reads them. All of them in English, like the page. */

export function bitrate(bitsPerSecond) {
  if (bitsPerSecond === null || !(bitsPerSecond > 0)) {
    return '–';
  }
  if (bitsPerSecond < 999_500) {
    return `${Math.round(bitsPerSecond / 1000)} kbit/s`;
  }
  const mega = bitsPerSecond / 1_000_000;
  return `${mega < 100 ? mega.toFixed(1) : Math.round(mega)} Mbit/s`;
}

/** For round numbers on an axis. */
export function shortBitrate(bitsPerSecond) {
  const [size, unit] = [[1e9, 'Gbit/s'], [1e6, 'Mbit/s'], [1e3, 'kbit/s']].find(([least]) => bitsPerSecond >= least) ?? [1, 'bit/s'];
  return `${Number((bitsPerSecond / size).toFixed(1))} ${unit}`;
}

export function bytes(count) {
  if (count < 1000) {
    return `${count} B`;
  }
  return count < 999_500 ? `${Math.round(count / 1000)} kB` : `${(count / 1_000_000).toFixed(1)} MB`;
}

export function seconds(value, digits = 1) {
  return value === null ? '–' : `${value.toFixed(digits)} s`;
}

export function clock(value) {
  const whole = Math.max(0, Math.floor(value));
  const two = part => String(part).padStart(2, '0');
  const hours = Math.floor(whole / 3600);
  return `${hours > 0 ? `${hours}:` : ''}${two(Math.floor(whole / 60) % 60)}:${two(whole % 60)}`;
}

/** The part of an address that tells requests apart: its last two names, without query and ticket. */
export function shortName(url) {
  try {
    const parts = new URL(url, document.baseURI).pathname.split('/').filter(part => part !== '');
    return parts.slice(-2).map(decodeURIComponent).join('/');
  } catch {
    return url;
  }
}
