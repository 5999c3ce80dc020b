/**
 * The programs in README.md and the guides do what is said there: those in JavaScript and TypeScript in a folder where
 * the package is installed; those in Python, each of which stands beside one of ours, print what that prints.
 */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { text } from 'node:stream/consumers';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { findPythons } from '../helpers/pythons.js';
import { runFixture } from '../helpers/run-fixture.js';

type Language = 'js' | 'ts' | 'python';

/** What the programs print, in their order. */
type Outputs = Partial<Record<Language, readonly (string | RegExp)[]>>;

const ofPython = [
  'hello bob\ngreeter 0\nAdder-2 6\n',
  '1\n4\n9\n',
  'pong\n',
  '0\n2\n4\nnothing left\n',
  '3\n',
  '1 2.5 HELLO 1.5 2.5 3.5\n',
  'hello\n3 2.5 text\n',
  '0 1 4 9 16\n8 9\n1024\n0\n1\n4\n0 1 4 9 16\nasleep\n',
  '21 3 carol\n',
  '3\n',
];

const documents: Record<string, Outputs> = {
  'README.md': {
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
  },
  'docs/from-python.md': { python: ofPython, js: ofPython },
  'docs/from-node.md': {
    js: [
      '42\n0\n',
      'true\n[ 0, 0 ]\nweb-3 has ended with -9\n',
      'web-1\nweb-2\nweb-1\nweb-2\n',
      '[ 500, 500, 500, 500 ]\n',
      '10\n[ 1, 4, 9 ]\nERR_MP_TIMEOUT\nnot wanted any more\nERR_MP_WORKER_LOST SIGKILL\n2\n',
    ],
  },
};

const root = path.resolve(import.meta.dirname, '../..');

/** By their first lines' imports: a block without any continues the one before. */
function programsIn(document: string, language: Language): string[] {
  const markdown = readFileSync(path.join(root, document), 'utf8');
  const blocks = [...markdown.matchAll(/^```(\w+)\n(.*?)^```$/gms)]
    .filter(([, of]) => of === language)
    .map(([, , code]) => code!);
  return blocks.reduce<string[]>((whole, code) => {
    if (/\bimport\b|\brequire\(/.test(code)) whole.push(code);
    else whole.push(`${whole.pop()}\n${code}`);
    return whole;
  }, []);
}

interface Run {
  readonly exitCode: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

async function runInNode(file: string, execArgv: readonly string[] = []): Promise<Run> {
  const { code, stdout, stderr } = await runFixture(file, { execArgv });
  return { exitCode: code, stdout, stderr };
}

const [python] = findPythons(8);

/** Under `fork`, as the guide says: there is no guard in its programs. */
async function runInPython(file: string): Promise<Run> {
  const start = [
    'import multiprocessing, runpy, sys',
    'multiprocessing.set_start_method("fork")',
    'runpy.run_path(sys.argv[1], run_name="__main__")',
  ].join('\n');
  const child = spawn(python!.command, ['-c', start, file], { stdio: ['ignore', 'pipe', 'pipe'] });
  const [stdout, stderr, [exitCode]] = await Promise.all([
    text(child.stdout),
    text(child.stderr),
    once(child, 'exit'),
  ]);
  return { exitCode, stdout, stderr };
}

const run: Record<Language, (file: string) => Promise<Run>> = {
  js: (file) => runInNode(file),
  ts: (file) => runInNode(file, ['--import', import.meta.resolve('tsx')]),
  python: runInPython,
};

function extensionOf(language: Language, code: string): string {
  if (language === 'python') return 'py';
  return code.includes('require(') ? 'cjs' : `m${language}`;
}

let folder: string;

beforeAll(() => {
  folder = mkdtempSync(path.join(os.tmpdir(), 'documentation-'));
  mkdirSync(path.join(folder, 'node_modules'));
  symlinkSync(root, path.join(folder, 'node_modules', 'node-multiprocessing'));
});

afterAll(() => rmSync(folder, { recursive: true }));

describe.concurrent.each(Object.entries(documents))('%s', (document, outputs) => {
  describe.each(Object.entries(outputs) as [Language, readonly (string | RegExp)[]][])(
    '%s',
    (language, expected) => {
      const programs = programsIn(document, language);

      test('every program has an expectation', () => {
        expect(programs).toHaveLength(expected.length);
      });

      const isPossible = language !== 'python' || python !== undefined;
      test.runIf(isPossible).each(programs.map((code, i) => [i + 1, code] as const))(
        'program %i',
        async (number, code) => {
          const name = `${path.basename(document, '.md')}-${number}`;
          const file = path.join(folder, `${name}.${extensionOf(language, code)}`);
          writeFileSync(file, code);
          const { exitCode, stdout, stderr } = await run[language](file);
          // But for what it logs.
          expect(stderr.replaceAll(/^\[[A-Z]+\/\S+\] .*\n/gm, '')).toBe('');
          const output = expected[number - 1]!;
          if (typeof output === 'string') expect(stdout).toBe(output);
          else expect(stdout).toMatch(output);
          expect(exitCode).toBe(0);
        },
      );
    },
  );
});
