// Long runs. Many forks of a busy process, into busy children: bench/stress.mjs, which gets the arguments. Without any,
// also 20 seconds each of the storms in which processes that use locks and queues are killed; `npm test` runs those
// for a moment.
import { run, runTool } from './run-tool.mjs';

const args = process.argv.slice(2);
const STORMS = ['test/lifecycle/lock-storm.test.ts', 'test/lifecycle/queue-kills.test.ts'];

const runStorms = () =>
  runTool('vitest', ['run', ...STORMS], { env: { ...process.env, MP_TEST_STORM_MS: '20000' } });

const passed =
  run(process.execPath, ['scripts/build.mjs', '--missing']) &&
  run(process.execPath, ['bench/stress.mjs', ...args]) &&
  (args.length > 0 || runStorms());
if (!passed) process.exit(1);
