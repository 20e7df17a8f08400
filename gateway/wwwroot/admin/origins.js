/** The configured destinations with their health. */
const element = id => document.getElementById(id);

const verdict = word => ({ text: word, kind: word === 'healthy' ? 'good' : word === 'unhealthy' ? 'bad' : 'soft' });

/** Brings a table's rows to what is wanted without making them anew: a selection or a scroll position survives the second. */
function fill(body, rows) {
  while (body.rows.length > rows.length) {
    body.deleteRow(-1);
  }
  rows.forEach((cells, index) => {
    const row = body.rows[index] ?? body.insertRow();
    cells.forEach(({ text, kind = '' }, column) => {
      const cell = row.cells[column] ?? row.insertCell();
      if (cell.textContent !== text) {
        cell.textContent = text;
        cell.title = text;
      }
      if (cell.className !== kind) {
        cell.className = kind;
      }
    });
  });
}

export async function lookAtOrigins(read) {
  const origins = await (await read('origins')).json();
  const sick = origins.filter(origin => origin.active === 'unhealthy' || origin.passive === 'unhealthy' || origin.circuitOpen).length;
  const health = element('health');
  health.textContent = origins.length === 0 ? 'none' : sick === 0 ? `${origins.length} good` : `${sick} of ${origins.length} bad`;
  health.classList.toggle('bad', sick > 0 || origins.length === 0);
  element('no-origins').hidden = origins.length > 0;
  fill(element('origin-rows'), origins.map(origin => [
    { text: origin.cluster },
    { text: origin.destination },
    { text: origin.address, kind: 'address' },
    verdict(origin.active),
    verdict(origin.passive),
    origin.circuitOpen ? { text: 'open', kind: 'bad' } : { text: 'closed', kind: 'good' },
    { text: `${origin.inFlight}`, kind: 'number' },
  ]));
}
