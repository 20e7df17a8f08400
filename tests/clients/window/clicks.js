/**
 * Runs in the page: opens a file with a click of ten samples at each whole second through the engine, with an output that keeps what it is given, and looks for the click after many seeks.
 * `farthest` is the greatest distance, in frames, between the middle of a click and where it was put.
 */
async ({ url, seconds, seeks }) => {
  const { Engine } = await import('/window/engine/engine.js');
  let pushed = [];
  const output = { spare: () => undefined, restart: () => { pushed = []; }, push: (frame, channels) => pushed.push({ frame, samples: channels[0] }), play: async () => {}, close: async () => {} };
  const engine = new Engine(async () => ({ url, headers: {} }), { openOutput: async () => output });
  await engine.open();
  if (engine.failure) return JSON.stringify({ heard: 0, failure: engine.failure.message });

  const until = async isSo => {
    for (let n = 0; !isSo() && n < 3000; n++) await new Promise(resolve => setTimeout(resolve, 5));
    return isSo();
  };
  // The middle of a click's energy, in frames after its second.
  const middleOf = second => {
    const centre = second * 48_000;
    let [sum, weighted] = [0, 0];
    for (const { frame, samples } of pushed) {
      for (let i = Math.max(0, centre - 300 - frame); i < Math.min(samples.length, centre + 300 - frame); i++) {
        const energy = samples[i] ** 2;
        sum += energy;
        weighted += energy * (frame + i - centre);
      }
    }
    return sum > 0.5 ? weighted / sum : null;
  };
  const end = () => (pushed.at(-1)?.frame ?? 0) + (pushed.at(-1)?.samples.length ?? 0);

  const middles = [];
  let trouble = null;
  let random = 5;
  for (let n = 0; n < seeks; n++) {
    random = (random * 16_807) % 2_147_483_647;
    const second = 1 + (random % (seconds - 3));
    // A little before the click, at no round place.
    const place = second - 0.05 - (random % 400) / 1000;
    engine.seek(place);
    await until(() => end() >= (second + 0.1) * 48_000);
    const middle = middleOf(second);
    if (middle === null || pushed[0].frame !== Math.round(place * 48_000)) {
      trouble = { place, from: pushed[0]?.frame, to: end(), failure: engine.failure?.message ?? engine.trouble?.message };
      break;
    }
    middles.push(Number(middle.toFixed(2)));
  }
  const { stalePushes, requests } = engine.figures;
  const frames = engine.format?.frames ?? 0;
  await engine.close();
  return JSON.stringify({ heard: middles.length, farthest: Math.max(...middles.map(middle => Math.abs(Math.round(middle - 4.5)))), frames, stalePushes, requests, trouble, middles });
}
