/** The programs in README.md do what it says, in a folder where the package is installed. */
import { mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { runFixture } from '../helpers/run-fixture.js';

const root = path.resolve(import.meta.dirname, '../..');
const readme = readFileSync(path.join(root, 'README.md'), 'utf8');

/** By their first lines' imports: a block without any continues the one before. */
function programs(language: 'js' | 'ts'): string[] {
  const blocks = [...readme.matchAll(/^```(\w+)\n(.*?)^```$/gms)]
    .filter(([, of]) => of === language)
    .map(([, , code]) => code!);
  return blocks.reduce<string[]>((whole, code) => {
    if (/\bimport\b|\brequire\(/.test(code)) whole.push(code);
    else whole.push(`${whole.pop()}\n${code}`);
    return whole;
  }, []);
}

const expected: Record<'js' | 'ts', readonly (string | RegExp)[]> = {
  js: [
    /^hello bob, from process \d+\n$/,
    // The child may be first, and even end first.
    /^(adder says 3\n)?\d+ (true|false) (true|false)\n(adder says 3\n)?0\nAdder-2 6\n$/,
    '',
    '',
    '117\n',
    "{ any: Map(1) { 'value' => 1n } }\nraw\nfalse\nERR_MP_TIMEOUT\n",
    '1\n4\n9\n',
    'hello bob\n',
    'item 1\nitem 2\n',
    'the parent still has it\nthe child has the lock\n',
    '2 [ 2, 4, 6 ]\n',
    '2 Structure { x: 3, y: 4 }\n0 1624 { name: 0, points: 16, used: 1616 }\n',
    '0.5\n',
    'other 1152921504606846976n 6 3\n',
    '[ 1, 4, 9 ]\n7\nitem a\nitem b\ntrue 3\n[ 2, 3 ]\n',
    'true 0\n',
    "200\nMap(1) { '/' => 200 }\n",
    '5\n',
    '1\n',
    '',
    '',
  ],
  ts: ['42\n'],
};

let folder: string;

beforeAll(() => {
  folder = mkdtempSync(path.join(os.tmpdir(), 'readme-'));
  mkdirSync(path.join(folder, 'node_modules'));
  symlinkSync(root, path.join(folder, 'node_modules', 'node-multiprocessing'));
});

afterAll(() => rmSync(folder, { recursive: true }));

for (const language of ['js', 'ts'] as const) {
  test(`every ${language} program has an expectation`, () => {
    expect(programs(language)).toHaveLength(expected[language].length);
  });

  test.each(programs(language).map((code, i) => [i + 1, code] as const))(
    `${language} program %i`,
    async (number, code) => {
      const isCommonJs = code.includes('require(');
      const file = path.join(folder, `${number}.${isCommonJs ? 'cjs' : `m${language}`}`);
      writeFileSync(file, code);
      const {
        code: exitCode,
        stdout,
        stderr,
      } = await runFixture(file, {
        execArgv: language === 'ts' ? ['--import', import.meta.resolve('tsx')] : [],
      });
      // But for what it logs.
      expect(stderr.replaceAll(/^\[[A-Z]+\/\S+\] .*\n/gm, '')).toBe('');
      const output = expected[language][number - 1]!;
      if (typeof output === 'string') expect(stdout).toBe(output);
      else expect(stdout).toMatch(output);
      expect(exitCode).toBe(0);
    },
  );
}
