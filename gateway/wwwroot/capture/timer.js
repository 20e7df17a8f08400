/** Timers that keep time while the page is in the background. */
const worker = new Worker(new URL('ticker.js', import.meta.url));
const waiting = new Map();
let last = 0;

worker.onmessage = ({ data: id }) => {
  const wake = waiting.get(id);
  waiting.delete(id);
  wake?.();
};

/** @returns {() => void} gives it up */
export function after(milliseconds, wake) {
  const id = ++last;
  waiting.set(id, wake);
  worker.postMessage({ id, milliseconds });
  return () => waiting.delete(id);
}

/** @returns {() => void} ends it */
export function every(milliseconds, wake) {
  let cancel;
  const next = () => {
    cancel = after(milliseconds, () => {
      next();
      wake();
    });
  };
  next();
  return () => cancel();
}
