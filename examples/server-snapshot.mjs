// A server forks while it serves. The child is a copy of the process at that moment: it works on the
// data as they were, for as long as it takes, while the server goes on changing them. Nothing of
// the server's (sockets, timers, listeners) runs in the child.
import { once } from 'node:events';
import http from 'node:http';
import { getContext } from 'node-multiprocessing';

const { Process, Pipe } = getContext('fork');
const stock = new Map([
  ['apples', 3],
  ['pears', 4],
]);

async function makeReport(connection) {
  await connection.recv(); // Until the parent has changed its data.
  const lines = [...stock].map(([item, count]) => `${count} ${item}`);
  await connection.send(lines.join(', '));
}

async function startReport() {
  const [ours, theirs] = Pipe();
  const process = new Process({ target: makeReport, args: [theirs] });
  await process.start();
  theirs.close();
  return { process, connection: ours };
}

let report;
const server = http.createServer(async (request, response) => {
  if (request.url === '/report') {
    report = await startReport();
    response.end(`report ${report.process.name} started\n`);
    return;
  }
  const [, item] = request.url.split('/');
  stock.set(item, (stock.get(item) ?? 0) + 1);
  response.end(`${stock.get(item)} ${item}\n`);
});
server.listen(0, '127.0.0.1');
await once(server, 'listening');

async function get(path) {
  const response = await fetch(`http://127.0.0.1:${server.address().port}${path}`);
  console.log(path, '->', (await response.text()).trim());
}

await get('/apples');
await get('/report');
await get('/apples');
await get('/plums');
await report.connection.send('go on');
console.log('report:', await report.connection.recv());
console.log('exit code:', await report.process.join());
server.closeAllConnections();
server.close();
