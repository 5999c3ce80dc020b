// How a process ended: its exit code, or minus the number of the signal that ended it.
import { Process } from 'node-multiprocessing';

const forEver = () => setInterval(() => {}, 60_000);

async function run(title, target, whileItRuns = () => {}) {
  const p = new Process({ target, name: title });
  await p.start();
  whileItRuns(p);
  await p.join();
  console.log(`${title}: ${p.exitCode}`);
  p.close();
}

await run('returns', () => 'whatever');
await run('sets its exit code', () => {
  process.exitCode = 4;
});
await run('exits', () => process.exit(3));
await run('throws', () => {
  throw new Error('as it should');
});
await run('is terminated', forEver, (p) => p.terminate());
await run('is killed', forEver, (p) => p.kill());

const p = new Process({ target: forEver, name: 'runs on' });
await p.start();
console.log('after a wait of 10 ms:', await p.join({ timeout: 10 }));
p.kill();
console.log('after its end:', await p.join());
