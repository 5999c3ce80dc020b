// What a child costs in memory: its unique set size, which is what the system gets back when it ends.
import { fork } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { getContext, Pipe } from '../../dist/index.js';

function uniqueSetSize(pid) {
  const rollup = readFileSync(`/proc/${pid}/smaps_rollup`, 'utf8');
  const kilobytes = [...rollup.matchAll(/^Private_(?:Clean|Dirty): +(\d+) kB$/gm)];
  return kilobytes.reduce((sum, [, size]) => sum + Number(size) * 1024, 0);
}

async function ofMethod(method) {
  const { Process } = getContext(method);
  const [reader, writer] = Pipe();
  const target = async (end) => {
    await end.send('ready');
    await end.recv();
  };
  const child = new Process({ target, args: [writer] });
  await child.start();
  await reader.recv();
  const bytes = uniqueSetSize(child.pid);
  await reader.send('end');
  await child.join();
  for (const owner of [reader, writer, child]) owner.close();
  return bytes;
}

async function ofChildProcess() {
  const child = fork(fileURLToPath(new URL('./ipc-child.cjs', import.meta.url)), ['stay']);
  await once(child, 'message');
  const bytes = uniqueSetSize(child.pid);
  child.disconnect();
  await once(child, 'exit');
  return bytes;
}

/** Name and bytes of each kind of child. */
export async function measureMemory() {
  const rows = [];
  for (const method of ['forkserver', 'fork', 'spawn']) rows.push([method, await ofMethod(method)]);
  return [...rows, ['child_process.fork', await ofChildProcess()]];
}
