/** Speaks to the gateway with the operator's key, which lives as long as the tab. */
const keyName = 'gateway-admin-key';

/** The gateway does not take the key, or wants one. */
export class Refused extends Error {}

export const hasKey = () => sessionStorage.getItem(keyName) !== null;

export function keep(key) {
  sessionStorage.setItem(keyName, key);
}

export function forget() {
  sessionStorage.removeItem(keyName);
}

export function headers() {
  const key = sessionStorage.getItem(keyName);
  return key === null ? {} : { 'X-Admin-Key': key };
}

async function send(path, method) {
  const answer = await fetch(path, { method, headers: headers(), cache: 'no-store', signal: AbortSignal.timeout(5000) });
  if (answer.status === 401 || answer.status === 403) {
    throw new Refused();
  }
  return answer;
}

/** @returns {Promise<Response>} a good answer; everything else is thrown */
export async function read(path) {
  const answer = await send(path, 'GET');
  if (!answer.ok) {
    throw Object.assign(new Error(`${path.split('?')[0]} answered ${answer.status}`), { status: answer.status });
  }
  return answer;
}

/** @returns {Promise<any>} what the gateway says of what it did; its own words for what it did not do are thrown */
export async function act(method, path) {
  const answer = await send(path, method);
  const text = await answer.text();
  const body = text === '' ? null : JSON.parse(text);
  if (!answer.ok) {
    throw new Error(body?.detail ?? body?.title ?? `The gateway answered ${answer.status}.`);
  }
  return body;
}
