/** The installations of CPython that can be compared with. */
import { spawnSync } from 'node:child_process';
import { existsSync, readdirSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';

export interface Python {
  readonly command: string;
  /** Such as `3.11`. */
  readonly version: string;
}

const report = 'import sys; print("%d.%d" % sys.version_info[:2])';

function describePython(command: string, oldest: number): Python | undefined {
  const { status, stdout } = spawnSync(command, ['-c', report], { encoding: 'utf8' });
  if (status !== 0) return undefined;
  const version = stdout.trim();
  return Number(version.split('.')[1]) >= oldest && version.startsWith('3.')
    ? { command, version }
    : undefined;
}

/**
 * `python3`, and those of pyenv; one of each version.
 * @param oldest - The minor version of the first one that has what is tested.
 */
export function findPythons(oldest: number): Python[] {
  const root = process.env['PYENV_ROOT'] ?? path.join(os.homedir(), '.pyenv');
  const installed = listVersions(path.join(root, 'versions'));
  const found = ['python3', ...installed].flatMap(
    (command) => describePython(command, oldest) ?? [],
  );
  return [...new Map(found.map((python) => [python.version, python])).values()];
}

function listVersions(folder: string): string[] {
  if (!existsSync(folder)) return [];
  return readdirSync(folder).map((version) => path.join(folder, version, 'bin', 'python3'));
}
