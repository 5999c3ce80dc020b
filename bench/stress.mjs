// What takes long, or needs many attempts to go wrong: `npm run stress`, with `-- --ci` some of it at a
// small size. With `-- NAME ...`, one of the programs of bench/stress with its own options, which are told
// there:
//   forks        process after process from a busy parent
//   pool-kills   tasks while workers are killed
//   queue-kills  messages while producers and consumers are killed
//   flow         ten million messages and a million tasks: nothing grows
//   managers     clients of a manager that come, are killed and go
import { spawnSync } from 'node:child_process';
import path from 'node:path';

const programs = ['forks', 'pool-kills', 'queue-kills', 'flow', 'managers'];
// `npm test` has just run the others.
const inCi = ['forks', 'flow', 'managers'];
const all = process.argv.slice(2);
const [first, ...rest] = all;
const [names, args] = programs.includes(first)
  ? [[first], rest]
  : [all.includes('--ci') ? inCi : programs, all];

for (const name of names) {
  console.log(`--- ${name}`);
  const program = path.join(import.meta.dirname, 'stress', `${name}.mjs`);
  const { status } = spawnSync(process.execPath, [program, ...args], { stdio: 'inherit' });
  if (status !== 0) process.exit(1);
}
