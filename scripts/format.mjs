// Checks the layout of all sources: Biome for TypeScript, JavaScript and JSON, clang-format for C++.
//   --write   corrects it instead
import { spawnSync } from 'node:child_process';
import { readdirSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';

const root = path.dirname(path.dirname(fileURLToPath(import.meta.url)));
const write = process.argv.includes('--write');

function run(bin, ...args) {
  const file = path.join(root, 'node_modules', '.bin', bin);
  const { status, error } = spawnSync(file, args, {
    cwd: root,
    stdio: 'inherit',
  });
  if (error) throw error;
  return status === 0;
}

const cpp = readdirSync(path.join(root, 'native'), {
  recursive: true,
  encoding: 'utf8',
})
  .filter((file) => /\.(h|cc)$/.test(file) && !file.includes('vendor'))
  .map((file) => path.join('native', file));

const passed = [
  run('biome', 'check', '--linter-enabled=false', ...(write ? ['--write'] : []), '.'),
  run('clang-format', ...(write ? ['-i'] : ['--dry-run', '--Werror']), ...cpp),
];
if (passed.includes(false)) process.exit(1);
