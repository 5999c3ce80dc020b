// What takes long, or needs many attempts to go wrong: `npm run stress`, with `-- --ci` at a small size. With
// `-- NAME ...`, one of the programs of bench/stress with its own options, which are told there:
//   forks        process after process from a busy parent
//   pool-kills   tasks while workers are killed
//   queue-kills  messages while producers and consumers are killed
//   flow         ten million messages and a million tasks: nothing grows
//   managers     clients of a manager that come, are killed and go
import { spawnSync } from 'node:child_process';
import path from 'node:path';

const programs = ['forks', 'pool-kills', 'queue-kills', 'flow', 'managers'];
const [first, ...rest] = process.argv.slice(2);
const [names, args] = programs.includes(first)
  ? [[first], rest]
  : [programs, process.argv.slice(2)];

for (const name of names) {
  console.log(`--- ${name}`);
  const program = path.join(import.meta.dirname, 'stress', `${name}.mjs`);
  const { status } = spawnSync(process.execPath, [program, ...args], { stdio: 'inherit' });
  if (status !== 0) process.exit(1);
}
