/** The main job, `npm start -- FOLDER`, on a small folder. */
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type FixtureOptions, runFixture } from '../helpers/run-fixture.js';

const program = path.resolve(import.meta.dirname, '../../examples/word-count.mjs');
const dieWhileCounting = path.resolve(import.meta.dirname, '../fixtures/die-while-counting.mjs');

// Enough for several batches: a batch has at least 32 KiB.
const texts: Record<string, string> = {
  'readme.md': 'The cat, the dog -- and THE bird.\n'.repeat(2000),
  'notes/a.txt': "Don't count 42; naïve café\n".repeat(1500),
  'notes/deep/b.rst': 'cat cat cat\n'.repeat(4000),
  'notes/empty.txt': '',
  'notes/skipped.js': 'the the the',
};

let folder: string;

beforeAll(() => {
  folder = mkdtempSync(path.join(os.tmpdir(), 'word-count-'));
  for (const [name, text] of Object.entries(texts)) {
    const file = path.join(folder, 'text', name);
    mkdirSync(path.dirname(file), { recursive: true });
    writeFileSync(file, text);
  }
  mkdirSync(path.join(folder, 'empty'));
});

afterAll(() => rmSync(folder, { recursive: true }));

function count(args: readonly string[], options: FixtureOptions = {}) {
  return runFixture(program, { ...options, args });
}

/** The counts by other means: character by character, without the expression of the example. */
function countIndependently(): [string, number][] {
  const counts: Record<string, number> = {};
  for (const [name, text] of Object.entries(texts)) {
    if (name.endsWith('.js')) continue;
    for (const part of text.toLowerCase().split(/[\s,.;-]+/)) {
      if (part !== '' && part !== '42') counts[part] = (counts[part] ?? 0) + 1;
    }
  }
  return Object.entries(counts).sort(([a, m], [b, n]) => n - m || (a < b ? -1 : 1));
}

/** The table of words in the output. */
function wordsOf(stdout: string): [string, number][] {
  return [...stdout.matchAll(/^ {2}(\S+) +([\d,]+)$/gm)].map(([, word, number]) => [
    word!,
    Number(number!.replaceAll(',', '')),
  ]);
}

describe.each(['forkserver', 'fork', 'spawn'])('word-count --method %s', (method) => {
  test('counts what is there', async () => {
    const { code, stdout, stderr } = await count([
      path.join(folder, 'text'),
      '--method',
      method,
      '--processes',
      '3',
    ]);
    expect(stderr).toBe('');
    expect(code).toBe(0);
    const expected = countIndependently();
    expect(wordsOf(stdout)).toEqual(expected);
    const total = expected.reduce((sum, [, n]) => sum + n, 0).toLocaleString('en');
    const bytes = Object.entries(texts)
      .filter(([name]) => !name.endsWith('.js'))
      .reduce((sum, [, text]) => sum + Buffer.byteLength(text), 0)
      .toLocaleString('en');
    expect(stdout).toContain(
      `Files: 4\nBytes: ${bytes}\nWords: ${total}, ${expected.length} different\n`,
    );
    expect(stdout).toContain(`Start method: ${method}\n`);
    expect(stdout).toMatch(/^3 processes: +\d+\.\d{3} s, [\d,]+ files\/s, [\d.]+ MB\/s$/m);
    expect(stdout).toMatch(/^one process: +\d+\.\d{3} s, [\d,]+ files\/s, [\d.]+ MB\/s$/m);
    expect(stdout).toMatch(/^Speed-up: \d+\.\d\d$/m);
  });

  test('tells that a process has died, and ends', async () => {
    const deadly = path.join(folder, 'text', 'deadly.txt');
    writeFileSync(deadly, 'dead '.repeat(20_000));
    try {
      const { code, stdout, stderr } = await count(
        [path.join(folder, 'text'), '--method', method, '--processes', '2'],
        { execArgv: ['--import', dieWhileCounting] },
      );
      expect(stderr).toMatch(/^WorkerLostError: The worker with pid \d+ was killed by SIGKILL/);
      expect(stdout).toBe('');
      expect(code).toBe(1);
    } finally {
      rmSync(deadly);
    }
  });
});

test.each([
  ['a folder that does not exist', ['text/none'], /^\S+none does not exist\n/],
  ['a file instead of a folder', ['text/readme.md'], /^\S+readme\.md is not a folder\n/],
  ['a folder without text files', ['empty'], /^No text files \(\.md .*\) in \S+empty\n/],
])('refuses %s', async (_what, [name], message) => {
  const { code, stdout, stderr } = await count([path.join(folder, name!)]);
  expect(stderr).toMatch(message);
  expect(stdout).toBe('');
  expect(code).toBe(2);
});

test.each([
  [['--processes', '0'], /^Expected --processes to be a number from 1 to 9999, received 0\n/],
  [['--processes', 'many'], /^Expected --processes .* received many\n/],
  [
    ['--method', 'thread'],
    /^Expected --method to be forkserver or fork or spawn, received thread\n/,
  ],
  [['--fast'], /^Unknown option '--fast'/],
  [['a', 'b'], /^Expected one folder\n/],
])('refuses %j', async (args, message) => {
  const { code, stderr } = await count(args);
  expect(stderr).toMatch(message);
  expect(stderr).toContain('Usage: npm start');
  expect(code).toBe(2);
});
