import { explain } from '../js/problem.js';

const texts = {
  network: ['The network failed', 'Is the gateway running, and is this page’s address its address?'],
  session: ['The session has ended', 'Another one is opened.'],
  changed: ['The file has changed', 'What was heard was the old one. “Try again” plays the new one from this place on.'],
  ranges: ['The file cannot be read in parts', 'The origin serves whole files only, which do not fit into this page’s memory.'],
  format: ['The file cannot be read', 'It is damaged, or not what its name says.'],
  unplayable: ['This browser cannot play the file', 'Choose another form: WAV plays in every browser, where the title has it.'],
  output: ['There is no sound output', 'Open this page from https or from localhost, in a browser of the last years.'],
};

/** A failure as a person reads it: headline, detail, advice, code. */
export function describe(failure) {
  if (failure.kind === 'status') return { ...explain(failure.told), status: failure.told.status };
  const [headline, advice] = texts[failure.kind] ?? texts.format;
  return { headline, detail: failure.message, advice, code: failure.told.code ?? '', status: failure.told.status ?? 0 };
}
