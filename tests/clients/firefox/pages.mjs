// Records on the capture page in Firefox, watches the stream in a second tab, and plays a title with each player. Prints one JSON object.
// node pages.mjs <address of a gateway> <folder with node_modules/puppeteer-core>
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';

const [gateway, modules] = process.argv.slice(2);
const { default: puppeteer } = await import(pathToFileURL(createRequire(join(modules, 'package.json')).resolve('puppeteer-core')));
const patience = 120_000;
const browser = await puppeteer.launch({
  browser: 'firefox',
  executablePath: process.env.FIREFOX ?? '/usr/bin/firefox-esr',
  headless: true,
  timeout: patience,
  protocolTimeout: patience,
  extraPrefsFirefox: { 'media.navigator.streams.fake': true, 'media.navigator.permission.disabled': true, 'media.autoplay.default': 0 },
});
const errors = [];

async function open(path) {
  const page = await browser.newPage();
  page.on('pageerror', (error) => errors.push(String(error)));
  await page.goto(new URL(path, gateway).href);
  return page;
}

/** Until a player has shown so many pictures. */
async function framesOf(page, least) {
  await page.waitForFunction((n) => document.querySelector('video')?.getVideoPlaybackQuality().totalVideoFrames >= n, { timeout: patience, polling: 200 }, least);
  return page.evaluate(() => document.querySelector('video').getVideoPlaybackQuality().totalVideoFrames);
}

try {
  const capture = await open('/capture/?source=camera&quality=480&chunk=2');
  await capture.waitForFunction(() => !document.querySelector('#start').disabled, { timeout: patience });
  await capture.click('#start');
  await capture.waitForFunction(() => Number(document.querySelector('#sent').textContent) >= 5 || !document.querySelector('#failure').hidden, { timeout: patience, polling: 200 });
  const told = await capture.evaluate(() => ({ failure: document.querySelector('#failure').hidden ? '' : document.querySelector('#failure').textContent.trim(), format: document.querySelector('#format').textContent, watch: document.querySelector('#watch').href }));
  const live = told.failure ? 0 : await framesOf(await open(told.watch), 60);
  await capture.bringToFront();
  await capture.click('#stop');
  await capture.waitForFunction(() => document.querySelector('#phase').textContent === 'Ended', { timeout: patience, polling: 200 });
  const sums = await capture.evaluate(() => Object.fromEntries(['recorded', 'sent', 'dropped'].map((id) => [id, Number(document.getElementById(id).textContent)])));
  const played = {};
  for (const [player, manifest] of [['hlsjs', 'master.m3u8'], ['shaka', 'manifest.mpd'], ['dashjs', 'manifest.mpd']]) {
    const page = await open(`/?asset=/play/demo/${manifest}&player=${player}&autoplay=1&muted=1`);
    played[player] = await framesOf(page, 60);
    await page.close();
  }

  console.log(JSON.stringify({ version: await browser.version(), ...told, ...sums, live, played, errors }));
} finally {
  await browser.close();
}
