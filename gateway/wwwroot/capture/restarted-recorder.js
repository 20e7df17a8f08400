import { after } from './timer.js';

const types = [
  'video/mp4;codecs="avc1.640028,mp4a.40.2"',
  'video/mp4;codecs="avc1.42E01F,mp4a.40.2"',
  'video/webm;codecs="h264,opus"',
  'video/webm;codecs="vp8,opus"',
  'video/webm',
  'video/mp4',
];

/** @returns {string | null} what MediaRecorder writes here, best first */
export function findType(isSounding) {
  if (typeof MediaRecorder === 'undefined') {
    return null;
  }
  return types.map(type => (isSounding ? type : type.replace(/,(mp4a\.40\.2|opus)/, ''))).find(type => MediaRecorder.isTypeSupported(type)) ?? null;
}

/** One MediaRecorder for each chunk. The next one records already when the one before is stopped: rather a frame twice than one lost. */
export class RestartedRecorder {
  #stream;
  #type;
  #options;
  #open = new Set();
  #cancel = () => {};
  #handing = Promise.resolve();

  constructor(stream, type, options) {
    this.#stream = stream;
    this.#type = type;
    this.#options = options;
  }

  get label() {
    return this.#type.replace(/^video\/(\w+).*/, (_, container) => container.toUpperCase()).replace('WEBM', 'WebM');
  }

  start() {
    this.#next();
  }

  async stop() {
    this.#cancel();
    this.#endAll();
    await this.#handing;
  }

  #next() {
    const before = [...this.#open];
    this.#record(() => this.#endAll(before));
    this.#cancel = after(this.#options.chunkSeconds * 1000, () => this.#next());
  }

  #endAll(recorders = [...this.#open]) {
    for (const recorder of recorders) {
      recorder.end();
      this.#open.delete(recorder);
    }
  }

  #record(started) {
    const recorder = new MediaRecorder(this.#stream, { mimeType: this.#type, videoBitsPerSecond: this.#options.bitsPerSecond, audioBitsPerSecond: 128_000 });
    let begun = performance.now();
    let seconds = 0;
    const blob = new Promise(resolve => {
      const parts = [];
      recorder.ondataavailable = event => parts.push(event.data);
      recorder.onstop = () => resolve(new Blob(parts, { type: this.#type }));
    });
    recorder.onstart = () => {
      begun = performance.now();
      started();
    };
    recorder.onerror = event => this.#options.fail(event.error ?? new Error('The recorder failed.'));
    // Whole files end in any order, and go on in the order in which they began.
    this.#handing = this.#handing.then(async () => {
      const chunk = await blob;
      if (chunk.size > 0) {
        this.#options.take(chunk, seconds);
      }
    });
    recorder.start();
    this.#open.add({
      end: () => {
        seconds = (performance.now() - begun) / 1000;
        if (recorder.state !== 'inactive') {
          recorder.stop();
        }
      },
    });
  }
}
