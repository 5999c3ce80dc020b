// Runs tests with the addon under AddressSanitizer and UBSan (gcc's): `npm run test:sanitized --
// test/unit/transport`. Without a selection, the tests that are about processes and transport. Fails
// also when only a process that no test looks at has something to report.
import { execFileSync } from 'node:child_process';
import { copyFileSync, existsSync, mkdirSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import path from 'node:path';
import { root, run, runTool } from './run-tool.mjs';

const DEFAULT = ['test/unit/native', 'test/unit/transport', 'test/behaviour', 'test/lifecycle'];
const selection = process.argv.slice(2);

// A folder of its own, which the loader is told to look in: it would prefer build/Release to build/Debug.
const folder = path.join(root, 'build', 'sanitized');
const reports = path.join(folder, 'reports');

/** A library of the compiler's. Node itself is not linked with it, so it has to be preloaded. */
function sanitizerLibrary(name) {
  const asked = [`-print-file-name=${name}`];
  const file = execFileSync(process.env.CXX ?? 'c++', asked, { encoding: 'utf8' }).trim();
  if (existsSync(file)) return file;
  console.error(`The compiler has no ${name}: these tests need gcc with its sanitizers`);
  process.exit(1);
}

function build() {
  if (!run(process.execPath, ['scripts/build.mjs', '--missing', '--debug'])) process.exit(1);
  const addon = path.join('build', 'Debug', 'multiprocessing.node');
  mkdirSync(path.join(folder, 'build', 'Debug'), { recursive: true });
  copyFileSync(path.join(root, addon), path.join(folder, addon));
}

function environment() {
  return {
    ...process.env,
    NODE_MULTIPROCESSING_PREBUILD: folder,
    MP_TEST_DEADLOCK_MS: '180000',
    LD_PRELOAD: ['libasan.so', 'libubsan.so'].map(sanitizerLibrary).join(':'),
    // V8 frees little at its end, so leaks cannot be looked for.
    ASAN_OPTIONS: `detect_leaks=0:abort_on_error=1:log_path=${reports}/address`,
    // gcc's UBSan knows no log file: it reports on stderr, and ends the process.
    UBSAN_OPTIONS: 'print_stacktrace=1',
  };
}

build();
rmSync(reports, { recursive: true, force: true });
mkdirSync(reports, { recursive: true });
// One file at a time, and patiently: processes take several times as long to start.
const patience = ['--no-file-parallelism', '--testTimeout=200000', '--hookTimeout=200000'];
const files = selection.length > 0 ? selection : DEFAULT;
const passed = runTool('vitest', ['run', ...patience, ...files], { env: environment() });
const found = readdirSync(reports);
for (const name of found) console.error(readFileSync(path.join(reports, name), 'utf8'));
if (!passed || found.length > 0) process.exit(1);
