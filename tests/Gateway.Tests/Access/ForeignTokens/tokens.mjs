// Makes credentials with other people's libraries and prints them as JSON: the key set, JWTs and EdgeAuth tokens.
import { exportJWK, generateKeyPair, generateSecret, SignJWT, UnsecuredJWT } from 'jose';
import EdgeAuth from 'akamai-edgeauth';

const now = Math.floor(Date.now() / 1000);
const keys = [];
const jwts = [];

for (const alg of ['HS256', 'RS256', 'ES256']) {
  const pair = alg === 'HS256' ? await generateSecret(alg, { extractable: true }) : await generateKeyPair(alg, { extractable: true });
  const signing = pair.privateKey ?? pair;
  const jwk = await exportJWK(pair.publicKey ?? pair);
  keys.push({ ...jwk, kid: `kid-${alg}`, alg, use: 'sig' });
  const make = (claims, header = {}) => new SignJWT(claims).setProtectedHeader({ alg, kid: `kid-${alg}`, typ: 'JWT', ...header });
  jwts.push({ name: `${alg} good`, valid: true, token: await make({ media: ['films/**'], max_streams: 2 }).setSubject('u').setIssuer('https://id.example').setAudience(['tv', 'x']).setIssuedAt().setNotBefore('0s').setExpirationTime('10m').sign(signing) });
  jwts.push({ name: `${alg} expired`, valid: false, token: await make({}).setIssuer('https://id.example').setAudience('tv').setExpirationTime(now - 600).sign(signing) });
  jwts.push({ name: `${alg} no expiry`, valid: false, token: await make({}).setIssuer('https://id.example').setAudience('tv').sign(signing) });
  jwts.push({ name: `${alg} other issuer`, valid: false, token: await make({}).setIssuer('https://evil.example').setAudience('tv').setExpirationTime('10m').sign(signing) });
  jwts.push({ name: `${alg} other kid`, valid: false, token: await make({}, { kid: 'kid-XX' }).setIssuer('https://id.example').setAudience('tv').setExpirationTime('10m').sign(signing) });
}

jwts.push({ name: 'unsecured', valid: false, token: new UnsecuredJWT({}).setIssuer('https://id.example').setAudience('tv').setExpirationTime('10m').encode() });

const key = '52a152a152a152a152a152a152a152a152a152a152a152a152a152a152a152a1';
const edge = [];
const acl = (name, verdict, options, list, path) =>
  edge.push({ name, verdict, path, token: new EdgeAuth({ key, windowSeconds: 600, ...options }).generateACLToken(list) });
acl('folder', 'Valid', {}, '/films/*', '/films/a/b.ts');
acl('other folder', 'WrongPath', {}, '/films/*', '/series/a');
acl('list', 'Valid', {}, ['/a/*', '/films/*'], '/films/a');
acl('escaped early', 'Valid', { escapeEarly: true, sessionId: 'a~b c', payload: 'x=y' }, '/films/*', '/films/a');
acl('started now', 'Valid', { startTime: 'now' }, '/*', '/x');
acl('bound to the address', 'Valid', { ip: '192.0.2.1' }, '/*', '/x');
acl('bound to another address', 'WrongAddress', { ip: '192.0.2.2' }, '/*', '/x');
acl('expired', 'Expired', { startTime: now - 1000, windowSeconds: 100 }, '/*', '/x');
acl('other key', 'BadSignature', { key: '00'.repeat(32) }, '/*', '/x');
acl('sha1', 'Malformed', { algorithm: 'sha1' }, '/*', '/x');

console.log(JSON.stringify({ jwks: { keys }, jwts, edgeKey: key, edge }));
