// One run of bench/queue.mjs: `queue-driver.mjs <transport> <work>` measures and prints one number, the median
// of 5 runs; the other side gets what this one puts, and answers when it has got all.
//   transport   async | sync | ipc-json | ipc-advanced
//   work        value (messages/s), mib (MB/s)
import { fork } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { getContext, Queue } from 'node-multiprocessing';
import { MiB, medianTime, sendAll, throughput } from './driver.mjs';

const [transport, work, role] = process.argv.slice(2);
const large = Buffer.alloc(MiB, 'x');
const isIpc = transport.startsWith('ipc');
const count = { value: 200_000, mib: 100 }[work] / (isIpc ? 4 : 1);

function messageOf(transport) {
  if (work === 'value') return { id: 1, s: 'hello' };
  return transport === 'ipc-json' ? large.toString('latin1') : large;
}

const message = messageOf(transport);

async function swallow(queue, answers, count) {
  for (;;) {
    for (let i = 0; i < count; i++) await queue.get();
    await answers.put('done');
  }
}

function swallowSync(queue, answers, count) {
  for (;;) {
    for (let i = 0; i < count; i++) queue.getSync();
    answers.putSync('done');
  }
}

async function put(queue, answers) {
  for (let i = 0; i < count; i++) await queue.put(message);
  await answers.get();
}

function putSync(queue, answers) {
  for (let i = 0; i < count; i++) queue.putSync(message);
  answers.getSync();
}

async function send(peer) {
  const answer = once(peer, 'message');
  await sendAll(peer, message, count);
  await answer;
}

const measure = async (run) => throughput(work, count, await medianTime(run));

async function measureQueue() {
  const [queue, answers] = [new Queue(), new Queue()];
  const target = transport === 'sync' ? swallowSync : swallow;
  const { Process } = getContext('fork');
  const peer = new Process({ target, args: [queue, answers, count] });
  await peer.start();
  const run = transport === 'sync' ? putSync : put;
  console.log(await measure(() => run(queue, answers)));
  peer.kill();
  await peer.join();
}

async function measureIpc() {
  const serialization = transport.slice('ipc-'.length);
  const peer = fork(fileURLToPath(import.meta.url), [transport, work, 'peer'], { serialization });
  await once(peer, 'spawn');
  console.log(await measure(() => send(peer)));
  peer.disconnect();
  await once(peer, 'exit');
}

function swallowIpc() {
  let received = 0;
  process.on('message', () => {
    if (++received % count === 0) process.send('done');
  });
}

if (role === 'peer') swallowIpc();
else if (isIpc) await measureIpc();
else await measureQueue();
