import assert from 'node:assert/strict';
import { test } from 'node:test';

globalThis.document = { baseURI: 'http://gateway.test/capture/' };
globalThis.location = new URL('http://gateway.test/capture/');
const { Session } = await import('../../../gateway/wwwroot/capture/session.js');

const reply = {
  session_id: 's1', playlist_url: '/stream/s1/playlist.m3u8', chunk_duration_sec: 5,
  upload: { url_template: 'http://inside.test/stream_sessions/s1/chunks/{index}', renew_url: 'http://inside.test/stream_sessions/s1/token', token: 't', expires_at: new Date(0).toISOString(), max_bytes: 1000 },
};

function recordFetch(t) {
  const asked = [];
  t.mock.method(globalThis, 'fetch', (url, options) => {
    asked.push({ url: String(url), ...options });
    return Promise.resolve(new Response(JSON.stringify({ late: false, token: 't2', expires_at: new Date().toISOString() }), { status: 200 }));
  });
  return asked;
}

test('what is small has a time limit: a request that hangs holds up neither the queue nor the end', async t => {
  const asked = recordFetch(t);
  const session = new Session(reply);
  await session.renewIfDue();
  await session.end();
  assert.deepEqual(asked.map(a => new URL(a.url).pathname), ['/stream_sessions/s1/token', '/stream_sessions/s1/end']);
  for (const { signal } of asked) {
    assert.ok(signal instanceof AbortSignal);
  }
});

test('a chunk has the limit of its sender', async t => {
  const asked = recordFetch(t);
  const own = AbortSignal.timeout(1_000_000);
  await new Session(reply).put(3, new Blob(['chunk']), false, own);
  assert.equal(asked[0].signal, own);
  assert.equal(asked[0].url, 'http://gateway.test/stream_sessions/s1/chunks/3');
});
