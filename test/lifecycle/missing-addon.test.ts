import { spawnSync } from 'node:child_process';
import { cpSync, mkdirSync, mkdtempSync, rmSync, symlinkSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';

const root = path.resolve(import.meta.dirname, '../..');

describe('the package without a compiled addon', () => {
  let copy: string;

  beforeAll(() => {
    // With a space in its path, as on many a desktop.
    copy = path.join(mkdtempSync(path.join(tmpdir(), 'mp-')), 'a copy');
    mkdirSync(path.join(copy, 'node_modules'), { recursive: true });
    for (const part of ['dist', 'package.json']) {
      cpSync(path.join(root, part), path.join(copy, part), { recursive: true });
    }
    const finder = path.join('node_modules', 'node-gyp-build');
    symlinkSync(path.join(root, finder), path.join(copy, finder));
  });

  afterAll(() => rmSync(path.dirname(copy), { recursive: true, force: true }));

  it('says where it looked, and which command builds it', () => {
    const { status, stderr } = spawnSync(
      process.execPath,
      ['--input-type=module', '-e', "await import('./dist/index.js')"],
      // Tests under sanitizers have the addon elsewhere, by this variable.
      { cwd: copy, encoding: 'utf8', env: { ...process.env, NODE_MULTIPROCESSING_PREBUILD: '' } },
    );
    expect(status).toBe(1);
    expect(stderr).toContain('node-multiprocessing has no native addon');
    expect(stderr).toContain(path.join(copy, 'build', 'Release', 'multiprocessing.node'));
    expect(stderr).toContain(path.join(copy, 'prebuilds', `${process.platform}-${process.arch}`));
    expect(stderr).toContain('npm rebuild node-multiprocessing');
    expect(stderr).toContain('npm run build');
  });
});
