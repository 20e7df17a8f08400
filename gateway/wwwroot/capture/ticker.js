/** Wakes whoever asks, after so many milliseconds. In a worker, because browsers slow the timers of a page that nobody sees, and a page that records a screen is such a page. */
onmessage = ({ data: { id, milliseconds } }) => setTimeout(() => postMessage(id), milliseconds);
