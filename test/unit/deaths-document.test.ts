import { existsSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { expect, it } from 'vitest';

const root = path.resolve(import.meta.dirname, '../..');

it('docs/deaths.md names a test for each line, and each exists', () => {
  const document = readFileSync(path.join(root, 'docs', 'deaths.md'), 'utf8');
  const lines = document.split('\n').filter((line) => /^\| (?!-)/.test(line));
  const rows = lines.filter((line) => !/^\| dies/.test(line));
  expect(rows.length).toBeGreaterThan(20);
  for (const row of rows) {
    const names = [
      ...row
        .split('|')
        .at(-2)!
        .matchAll(/`([^`]+)`/g),
    ].map(([, name]) => name!);
    expect(names, row).not.toEqual([]);
    for (const name of names) {
      const file = path.join(root, 'test', 'lifecycle', `${name}.test.ts`);
      expect(existsSync(file), file).toBe(true);
    }
  }
});
