/** The cache's disk, where there is one. */
const element = id => document.getElementById(id);
const size = bytes => (bytes < 1e12 ? `${(bytes / 1e9).toFixed(1)} GB` : `${(bytes / 1e12).toFixed(2)} TB`);

export async function lookAtDisk(read) {
  const { disk } = await (await read('cache')).json();
  element('disk-tile').hidden = disk.state === 'off';
  element('disk').textContent = disk.state === 'working' ? size(disk.bytes) : disk.state;
  element('disk').classList.toggle('bad', disk.state === 'degraded');
  element('disk-note').textContent = disk.trouble ?? `of ${size(disk.limitBytes)}`;
}
