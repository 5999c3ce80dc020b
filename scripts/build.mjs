// Builds what the package needs at run time: dist/ from ts/, and the native addon.
//   --missing   only what is not there yet, or is older than its sources
//   --debug     the addon unoptimised and under AddressSanitizer and UBSan
import { spawnSync } from 'node:child_process';
import { existsSync, readdirSync, statSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';

const root = path.dirname(path.dirname(fileURLToPath(import.meta.url)));
const onlyMissing = process.argv.includes('--missing');
const debug = process.argv.includes('--debug');

const addon = path.join(root, 'build', 'Release', 'multiprocessing.node');
const stamp = path.join(root, 'dist', 'index.js');

function newest(directory) {
  let time = 0;
  for (const entry of readdirSync(directory, {
    recursive: true,
    withFileTypes: true,
  })) {
    if (entry.isFile())
      time = Math.max(
        time,
        statSync(path.join(entry.parentPath ?? entry.path, entry.name)).mtimeMs,
      );
  }
  return time;
}

function isFresh(output, ...sources) {
  if (!existsSync(output)) return false;
  const built = statSync(output).mtimeMs;
  return sources.every((source) => {
    const file = path.join(root, source);
    return built >= (statSync(file).isDirectory() ? newest(file) : statSync(file).mtimeMs);
  });
}

function run(bin, ...args) {
  const file = path.join(root, 'node_modules', '.bin', bin);
  const { status, error } = spawnSync(file, args, {
    cwd: root,
    stdio: 'inherit',
  });
  if (error) throw error;
  if (status !== 0) process.exit(status ?? 1);
}

if (!onlyMissing || !isFresh(stamp, 'ts', 'tsconfig.build.json'))
  run('tsc', '-p', 'tsconfig.build.json');
if (
  !onlyMissing ||
  !isFresh(
    addon,
    'native/os',
    'native/bind',
    'native/addon.cc',
    'native/sources.txt',
    'binding.gyp',
  )
) {
  run(
    'node-gyp',
    'rebuild',
    '--silent',
    ...(debug ? ['--', '-Dmp_sanitize=address,undefined'] : []),
  );
}
