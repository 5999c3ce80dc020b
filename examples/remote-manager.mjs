// A queue that programs share whose only common ground is an address and a key. Here one program plays all parts.
import { BaseManager, Pipe, Process } from 'node-multiprocessing';

const key = 'abracadabra';

/** On one machine: a server with the queue. */
async function serve(started) {
  class QueueManager extends BaseManager {}
  const queue = [];
  QueueManager.register('getQueue', () => queue);
  const manager = new QueueManager({ address: { host: '127.0.0.1', port: 0 }, authkey: key });
  const server = manager.getServer();
  await started.send(await server.listen());
  await server.serveForever();
}

/** On others: clients. */
class QueueManager extends BaseManager {}
QueueManager.register('getQueue');

async function connect(address) {
  const manager = new QueueManager({ address, authkey: key });
  await manager.connect();
  return manager;
}

const [reader, writer] = Pipe({ duplex: false });
const server = new Process({ target: serve, args: [writer], daemon: true });
await server.start();
const address = await reader.recv();

const producer = await connect(address);
await (await producer.getQueue()).push('hello');
const consumer = await connect(address);
console.log(await (await consumer.getQueue()).shift());
const stranger = new QueueManager({ address, authkey: 'guessed' });
await stranger.connect().catch((error) => console.log(error.name));

await producer.shutdown();
await consumer.shutdown();
