// Runs the command-line tools that the project's own scripts need.
import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';

export const root = path.dirname(path.dirname(fileURLToPath(import.meta.url)));

// The package that brings each tool.
const packages = {
  biome: '@biomejs/biome',
  'clang-format': 'clang-format',
  'node-gyp': 'node-gyp',
  tsc: 'typescript',
  typedoc: 'typedoc',
  vitest: 'vitest',
};

/**
 * Runs a tool of an installed package in the root of the checkout; true when it succeeds. Its
 * JavaScript runs in this very Node, or in `node`, so that it is the same on every system (on
 * Windows node_modules/.bin has shell scripts only) and whatever `node` is first in PATH.
 */
export function runTool(tool, args, { node = process.execPath, env } = {}) {
  const folder = path.join(root, 'node_modules', packages[tool]);
  const { bin } = JSON.parse(readFileSync(path.join(folder, 'package.json'), 'utf8'));
  const file = path.join(folder, typeof bin === 'string' ? bin : bin[tool]);
  return run(node, [file, ...args], { env });
}

/** Runs any command in the root of the checkout; true when it succeeds. */
export function run(command, args, { env = process.env } = {}) {
  const { status, error } = spawnSync(command, args, { cwd: root, stdio: 'inherit', env });
  if (error) throw error;
  return status === 0;
}

/** Whether a command is on this machine. */
export function has(command) {
  return spawnSync(command, ['--version'], { stdio: 'ignore' }).status === 0;
}
