/**
 * How reading or decoding ends when it does not end well. `kind` is one of
 * - `network`: no answer, or a body that ended early or stood still; passes
 * - `status`: an answer that is no success; 408, 425, 429 and 5xx pass
 * - `session`: the address is good no longer (401, 410); another one is asked for
 * - `changed`: the file is another one than at the start; what was read of the old one may not be mixed with it
 * - `ranges`: the server does not serve ranges, and a whole file does not fit into memory
 * - `format`: this is no sound that the page knows, or it is damaged
 * - `unplayable`: the page knows it, and this browser does not
 * - `output`: the browser gave no sound output
 */
export class Failure extends Error {
  /** @param {{status?: number, code?: string, title?: string, detail?: string, retryAfterSeconds?: number}} [told] what an answer said */
  constructor(kind, message, told = {}) {
    super(message);
    this.name = 'Failure';
    this.kind = kind;
    this.told = told;
  }

  /** Whether the same request may go well a little later. */
  get passes() {
    const { status } = this.told;
    return this.kind === 'network' || this.kind === 'session' || (this.kind === 'status' && (status === 408 || status === 425 || status === 429 || status >= 500));
  }
}

/** Any error as a Failure; an abort is not one and must be told apart before. */
export function asFailure(error) {
  return error instanceof Failure ? error : new Failure('format', error?.message ?? String(error));
}
