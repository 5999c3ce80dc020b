// Runs the benchmarks one after the other, each in a process of its own; or the ones that are named.
//   npm run bench [-- codec start pipe queue]
import { spawnSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';

const all = [
  'codec',
  'start',
  'child-speed',
  'pipe',
  'connection',
  'queue',
  'shared-memory',
  'synchronize',
  'pool',
  'manager',
];
const chosen = process.argv.slice(2);
for (const name of chosen.length > 0 ? chosen : all) {
  if (!all.includes(name)) {
    console.error(`Expected one of ${all.join(', ')}, received ${name}`);
    process.exit(2);
  }
  const file = fileURLToPath(new URL(`${name}.mjs`, import.meta.url));
  const { status } = spawnSync(process.execPath, [file], { stdio: 'inherit' });
  if (status !== 0) process.exit(status ?? 1);
}
