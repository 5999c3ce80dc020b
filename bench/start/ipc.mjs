// COUNT PAUSE: the same as ours.mjs measures, with child_process.fork.
import { fork } from 'node:child_process';
import { once } from 'node:events';
import { setTimeout } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';

const program = fileURLToPath(new URL('./ipc-child.cjs', import.meta.url));

async function startOne() {
  const begin = performance.now();
  const child = fork(program);
  const exit = once(child, 'exit');
  await once(child, 'message');
  const message = performance.now() - begin;
  await exit;
  return { message, join: performance.now() - begin };
}

await startOne();
const times = [];
for (let i = 0; i < Number(process.argv[2]); i++) {
  await setTimeout(Number(process.argv[3]));
  times.push(await startOne());
}
console.log(JSON.stringify(times));
