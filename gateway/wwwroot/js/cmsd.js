/**
 * What the gateway says of the line in CMSD-Dynamic (CTA-5006): `"gateway";etp=1200;mb=3000`, both kbit/s. Of several servers the last entry counts, which is the nearest.
 * @param {string | null} header
 * @returns {{estimate: number | null, most: number | null}} bits per second: the estimated throughput, and the bitrate that it suggests not to exceed
 */
export function readCmsd(header) {
  const last = header?.split(',').at(-1) ?? '';
  const value = key => {
    const found = new RegExp(`;\\s*${key}=(\\d+)`).exec(last);
    return found === null ? null : Number(found[1]) * 1000;
  };
  return { estimate: value('etp'), most: value('mb') };
}
