// What the stress programs have in common.
import { spawnSync } from 'node:child_process';
import { parseArgs } from 'node:util';
import { getAllStartMethods } from 'node-multiprocessing';

/** Texts by the names of options; a pair is the default, and that with `--ci`. */
export function options(defaults) {
  const names = Object.keys(defaults);
  const { values } = parseArgs({
    options: {
      ...Object.fromEntries(names.map((name) => [name, { type: 'string' }])),
      ci: { type: 'boolean', default: false },
    },
  });
  const standard = (name) => [defaults[name]].flat().at(values.ci ? -1 : 0);
  return Object.fromEntries(names.map((name) => [name, values[name] ?? standard(name)]));
}

/** Runs the program, with the arguments of this one, once for each start method. Ends this process. */
export function eachMethod(program) {
  for (const method of getAllStartMethods()) {
    const args = [program, ...process.argv.slice(2), '--method', method];
    const { status } = spawnSync(process.execPath, args, { stdio: 'inherit' });
    if (status !== 0) process.exit(1);
  }
  process.exit(0);
}
