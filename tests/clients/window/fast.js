/**
 * Runs in the page: plays a file in fast motion, with an output that takes a second of sound as soon as it is there. Each sample tells its frame, and the first of each block is held to it.
 * The state of it is `window.fast`.
 */
({ url }) => {
  const state = window.fast = { isOver: false, seconds: 0, wrong: 0, failure: null, engine: null };
  void (async () => {
    const { Engine } = await import('/window/engine/engine.js');
    const { FrameQueue } = await import('/window/engine/ring.js');
    const queue = new FrameQueue();
    const block = [new Float32Array(48_000), new Float32Array(48_000)];
    const spare = () => queue.spent.pop()?.map(samples => new Float32Array(samples.buffer));
    const output = { spare, restart: frame => queue.restart(frame), push: (frame, channels, isLast) => queue.push({ frame, channels, isLast }), play: async () => {}, close: async () => {} };
    const engine = state.engine = new Engine(async () => ({ url, headers: {} }), { openOutput: async () => output });
    engine.play();
    await engine.open();
    while (!queue.isOver && engine.failure === null) {
      const from = queue.frame;
      if (queue.queued >= 48_000 || engine.figures.to === engine.duration) {
        queue.pull(block);
        const [left, right] = block.map(samples => Math.round(samples[0] * 32_768) & 0xffff);
        if (((right << 16) | left) !== from) state.wrong++;
      }
      output.onReport({ frame: queue.frame, queued: queue.queued, isStarved: false, isOver: queue.isOver, starvations: 0, breaks: queue.breaks });
      state.seconds = queue.frame / 48_000;
      await new Promise(resolve => setTimeout(resolve, 0));
    }
    state.failure = engine.failure?.message ?? null;
    state.isOver = true;
  })();
}
