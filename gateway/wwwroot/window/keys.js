const jump = 10;

/**
 * The keys and the media keys of a page that plays one sound, and its buttons that jump.
 * @param {{toggle: () => void, play: () => void, pause: () => void, seekBy: (seconds: number) => void, seekTo: (seconds: number) => void}} acts
 */
export function listenToKeys({ toggle, play, pause, seekBy, seekTo }) {
  const [back, forward] = [() => seekBy(-jump), () => seekBy(jump)];
  const keys = { ' ': toggle, k: toggle, j: back, l: forward, ArrowLeft: () => seekBy(-5), ArrowRight: () => seekBy(5), Home: () => seekTo(0) };
  document.getElementById('play').addEventListener('click', toggle);
  document.getElementById('back').addEventListener('click', back);
  document.getElementById('forward').addEventListener('click', forward);
  document.getElementById('seek').addEventListener('change', event => seekTo(Number(event.target.value)));
  document.addEventListener('keydown', event => {
    const isTyping = event.target.closest('input, select, textarea, button, summary, a') !== null;
    if (isTyping || event.ctrlKey || event.metaKey || event.altKey || keys[event.key] === undefined) return;
    event.preventDefault();
    keys[event.key]();
  });
  navigator.mediaSession?.setActionHandler('play', play);
  navigator.mediaSession?.setActionHandler('pause', pause);
}
