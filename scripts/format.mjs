// Checks the layout of all sources: Biome for TypeScript, JavaScript and JSON, clang-format for C++.
//   --write   corrects it instead
import { readdirSync } from 'node:fs';
import path from 'node:path';
import { root, runTool } from './run-tool.mjs';

const write = process.argv.includes('--write');

const cpp = readdirSync(path.join(root, 'native'), { recursive: true, encoding: 'utf8' })
  .filter((file) => /\.(h|cc)$/.test(file) && !file.includes('vendor'))
  .map((file) => path.join('native', file));

const passed = [
  runTool('biome', ['check', '--linter-enabled=false', ...(write ? ['--write'] : []), '.']),
  runTool('clang-format', [...(write ? ['-i'] : ['--dry-run', '--Werror']), ...cpp]),
];
if (passed.includes(false)) process.exit(1);
