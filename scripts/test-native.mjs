// Builds the tests of native/os and runs them: with CMake and ctest, or with make alone on a machine
// without them. Both compile only what has changed.
//   --sanitize=thread   ThreadSanitizer instead of AddressSanitizer and UBSan; --sanitize= for none
//   --make              make alone, although there is CMake
import { spawnSync } from 'node:child_process';
import { mkdirSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { parseArgs } from 'node:util';
import { has, root, run } from './run-tool.mjs';

const { values } = parseArgs({
  options: {
    sanitize: { type: 'string', default: 'address,undefined' },
    make: { type: 'boolean', default: false },
  },
});

if (process.platform !== 'linux') {
  console.log(`No native tests on ${process.platform}`);
  process.exit(0);
}

const folder = path.join('build', 'native-test');
const jobs = `-j${Math.max(1, os.availableParallelism())}`;
mkdirSync(path.join(root, folder), { recursive: true });

/** Whether a program compiled with these sanitizers runs here, under these options. */
function works(sanitize, environment = {}) {
  const source = path.join(root, folder, 'probe.cc');
  const program = path.join(root, folder, 'probe');
  writeFileSync(source, 'int main() {}\n');
  const compile = [`-fsanitize=${sanitize}`, source, '-o', program];
  if (spawnSync(process.env.CXX ?? 'c++', compile, { stdio: 'ignore' }).status !== 0) return false;
  const env = { ...process.env, ...environment };
  return spawnSync(program, { stdio: 'ignore', env }).status === 0;
}

// Some C libraries and compilers come without the sanitizers' run-time libraries.
let { sanitize } = values;
if (sanitize !== '' && !works(sanitize)) {
  console.log(`-fsanitize=${sanitize} does not work here: the tests run without it`);
  sanitize = '';
}

// The leak check at exit stops the other threads with ptrace, which the seccomp profiles of many
// containers forbid; it then fails every program. Where it works, it is on.
const leaks = works('address', { ASAN_OPTIONS: 'detect_leaks=1' }) ? 1 : 0;
const env = {
  ...process.env,
  ASAN_OPTIONS: `detect_leaks=${leaks}:abort_on_error=0:${process.env.ASAN_OPTIONS ?? ''}`,
  // By default ThreadSanitizer ends a child that makes a thread when its parent had several: but
  // that is what the tests of fork are about.
  TSAN_OPTIONS: `die_after_fork=0:${process.env.TSAN_OPTIONS ?? ''}`,
};

function withCMake() {
  const build = path.join(folder, `cmake-${sanitize.replace(',', '-') || 'plain'}`);
  return (
    run('cmake', ['-S', '.', '-B', build, '--log-level=WARNING', `-DMP_SANITIZE=${sanitize}`]) &&
    run('cmake', ['--build', build, jobs]) &&
    run('ctest', ['--test-dir', build, jobs, '--output-on-failure', '--no-tests=error'], { env })
  );
}

function withMake() {
  const out = `${folder}/make-${sanitize.replace(',', '-') || 'plain'}`;
  const file = 'native/test/Makefile';
  return run('make', ['-f', file, jobs, `OUT=${out}`, `SANITIZE=${sanitize}`], { env });
}

const useCMake = !values.make && has('cmake') && has('ctest') && has('make');
if (!(useCMake ? withCMake() : withMake())) process.exit(1);
