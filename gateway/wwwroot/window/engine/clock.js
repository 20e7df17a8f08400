/** Time for the engine. Tests put another one in its place. */
export const systemClock = {
  /** Milliseconds since some moment. */
  now: () => performance.now(),

  /** Done after so long; rejected at once when the signal is aborted. */
  delay: (ms, signal) => new Promise((resolve, reject) => {
    if (signal?.aborted) {
      reject(signal.reason);
      return;
    }
    const end = () => {
      clearTimeout(timer);
      reject(signal.reason);
    };
    const timer = setTimeout(() => {
      signal?.removeEventListener('abort', end);
      resolve();
    }, ms);
    signal?.addEventListener('abort', end, { once: true });
  }),
};
