// Fifty clients of a manager come, work, and leave or are killed, all the time: the server's memory and the number of its
// objects stay as they are, and no lock stays taken.
//   node bench/stress/managers.mjs [--ci] [--seconds N]
import { readFileSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import { parseArgs } from 'node:util';
import { Manager, Process } from 'node-multiprocessing';

const { values } = parseArgs({
  options: { ci: { type: 'boolean', default: false }, seconds: { type: 'string' } },
});
const SECONDS = Number(values.seconds ?? (values.ci ? 10 : 60));
const CLIENTS = values.ci ? 16 : 50;
const WARM_UP_SECONDS = SECONDS / 3;
const LOCK_PATIENCE_MS = 20_000;
/** What the server may grow by after the warm-up: V8 does not give back all at once. */
const GROWTH_MB = 48;

/** Works until it is killed, or for so many rounds. */
async function work(manager, lock, d, l, rounds) {
  for (let round = 0; round < rounds; round++) {
    const own = await manager.dict({ round });
    const inner = await manager.list([round]);
    await own.set('inner', inner);
    await lock.with(async () => d.set('n', ((await d.get('n')) ?? 0) + 1));
    await d.update('total', (n = 0) => n + 1);
    await l.push(round);
    if ((await l.length()) > 100) await l.clear();
    await Promise.all(Array.from({ length: 50 }, (_, i) => own.set(i, `${round} ${i}`)));
  }
}

const manager = await Manager();
const [lock, d, l] = [await manager.Lock(), await manager.dict(), await manager.list()];
const residentMb = () => {
  const status = readFileSync(`/proc/${manager.pid}/status`, 'utf8');
  return Number(/VmRSS:\s+(\d+)/.exec(status)[1]) / 1024;
};

const begin = performance.now();
const seconds = () => (performance.now() - begin) / 1000;
const counts = { ended: 0, killed: 0, failed: 0 };

/** One place for clients, one after the other. */
async function occupy() {
  while (seconds() < SECONDS) {
    const isVictim = Math.random() < 0.5;
    const rounds = isVictim ? 1e9 : 5;
    const client = new Process({ target: work, args: [manager, lock, d, l, rounds] });
    await client.start();
    if (isVictim) {
      await sleep(200 * Math.random());
      client.kill();
    }
    const exitCode = await client.join();
    client.close();
    if (exitCode === 0) counts.ended++;
    else if (exitCode === -9) counts.killed++;
    else counts.failed++;
  }
}

const sizes = [];
async function watch() {
  while (seconds() < SECONDS) {
    await sleep(500);
    if (seconds() > WARM_UP_SECONDS) sizes.push(residentMb());
  }
}

await Promise.all([watch(), ...Array.from({ length: CLIENTS }, occupy)]);
const isLockFree = await lock.acquire({ timeout: LOCK_PATIENCE_MS });
const objects = await manager._numberOfObjects();
const growth = Math.max(...sizes.slice(-3)) - Math.max(...sizes.slice(0, 3));
console.log(
  `${CLIENTS} clients at a time for ${SECONDS} s: ${counts.ended} ended, ${counts.killed} were killed, ` +
    `${counts.failed} failed; ${await d.get('total')} rounds; the server went from ${sizes[0]?.toFixed(0)} to ` +
    `${sizes.at(-1)?.toFixed(0)} MB, with ${objects} objects; the lock is ${isLockFree ? 'free' : 'STUCK'}`,
);
const isFine = counts.failed === 0 && objects === 3 && isLockFree && growth < GROWTH_MB;
await manager.shutdown();
process.exit(isFine ? 0 : 1);
