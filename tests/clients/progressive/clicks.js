/**
 * Runs in the page, on a track with a click of ten samples at each whole second: goes to many places a little before a click, plays, and finds the click in what is heard from there on.
 * `farthest` is the greatest distance, in samples of 48 kHz, between the middle of a click and where it was put.
 */
async ({ recorder, seconds, seeks }) => {
  const rate = 48_000;
  const { playback } = window.progressivePlayer;
  const sound = document.getElementById('sound');
  playback.pause();
  const context = new AudioContext({ sampleRate: rate });
  await context.audioWorklet.addModule(URL.createObjectURL(new Blob([recorder], { type: 'text/javascript' })));
  const node = new AudioWorkletNode(context, 'recorder');
  context.createMediaElementSource(sound).connect(node).connect(context.destination);
  await context.resume();

  const until = async isSo => {
    while (!isSo() && playback.failure === null) await new Promise(resolve => setTimeout(resolve, 5));
    return isSo();
  };
  const heard = frames => new Promise(resolve => {
    node.port.onmessage = ({ data }) => resolve(data);
    node.port.postMessage(frames);
  });
  // The middle of a click's energy, in samples after its second.
  const middleOf = (samples, centre) => {
    let [sum, weighted] = [0, 0];
    for (let i = Math.max(0, centre - 2000); i < Math.min(samples.length, centre + 2000); i++) {
      const energy = samples[i] ** 2;
      if (energy < 0.01) continue;
      sum += energy;
      weighted += energy * (i - centre);
    }
    return sum > 0.5 ? weighted / sum : null;
  };

  const middles = [];
  let random = 5;
  for (let n = 0; n < seeks; n++) {
    random = (random * 16_807) % 2_147_483_647;
    const second = 1 + (random % (seconds - 3));
    const place = Math.round((second - 0.1 - (random % 400) / 1000) * rate) / rate;
    playback.seek(place);
    await until(() => !sound.seeking && playback.figures.ahead > 1);
    const recording = heard(Math.round((second - place + 0.1) * rate));
    playback.play();
    const middle = middleOf(await recording, Math.round((second - place) * rate));
    playback.pause();
    await until(() => sound.paused);
    if (middle === null) return JSON.stringify({ heard: n, place, failure: playback.failure?.message ?? null, middles });
    middles.push(Number(middle.toFixed(2)));
  }
  return JSON.stringify({ heard: middles.length, farthest: Math.max(...middles.map(middle => Math.abs(Math.round(middle - 4.5)))), late: playback.figures.late, failures: playback.figures.failures, middles });
}
