// What players expect of a browser before any of their parsers can be called. None of it takes part in reading a manifest.

const element = () => ({ style: {}, setAttribute() {}, appendChild() {}, canPlayType: () => '' });
const defaults = {
  self: globalThis,
  window: globalThis,
  navigator: { userAgent: 'parsers', platform: '', vendor: '', languages: ['en'] },
  document: { createElement: element, documentElement: element(), head: element(), body: element(), addEventListener() {}, getElementsByTagName: () => [] },
  location: new URL('https://page.example/'),
  getComputedStyle: () => ({}),
  addEventListener() {},
};
for (const [name, value] of Object.entries(defaults)) if (!(name in globalThis)) globalThis[name] = value;
console.warn = console.log = console.debug = console.info = console.error = () => {};

// Players of live streams look at the clock; both readings of a manifest happen at the same instant.
const RealDate = Date;
let instant = RealDate.now();
globalThis.Date = class extends RealDate {
  constructor(...parts) {
    if (parts.length === 0) super(instant);
    else super(...parts);
  }

  static now() {
    return instant;
  }
};

export function itIs(milliseconds) {
  instant = milliseconds;
}
