// setImportMain(true): the main module in spawned processes, and what travels by name then.

import { readFileSync } from 'node:fs';
import path from 'node:path';
import { pathToFileURL } from 'node:url';
import { describe, expect, it } from 'vitest';
import { runFixture, runFixtureOk } from '../helpers/run-fixture.js';
import { describeStartMethods, whyUnsupported } from '../helpers/start-methods.js';

const tsx = path.resolve(import.meta.dirname, '../../node_modules/tsx/dist/cli.mjs');
const stripsTypes = Boolean((process.features as { typescript?: unknown }).typescript);
const folder = path.resolve(import.meta.dirname, '../fixtures/import-main');

/** Each process under tsx starts a compiler of its own. */
const PATIENCE_MS = 120_000;

async function findingsOf(main: string, method = 'spawn', execArgv: readonly string[] = []) {
  const { stdout, stderr } = await runFixtureOk(`import-main/${main}`, {
    execArgv,
    args: [method],
    deadlockAfterMs: PATIENCE_MS - 10_000,
  });
  expect(stderr).toBe('');
  return JSON.parse(stdout);
}

function lineOf(main: string, text: string): number {
  const lines = readFileSync(path.join(folder, main), 'utf8').split('\n');
  return lines.findIndex((line) => line.includes(text)) + 1;
}

/** What hidden() returns first in a process: its own socket, and a counter of its own. */
const fresh = [true, true, 1];

const url = pathToFileURL(path.join(folder, 'main.mjs')).href;

const ofModule = (className: string) => ({
  report: [[false, `${className}-1`], fresh, url],
  exported: fresh,
  renamed: fresh,
  default: ['default', ...fresh],
  checks: [true, true, true, 3],
  home: [true, 2, true, true],
  account: [true, 3, 1],
  grandchild: [[false, `${className}-7:1`], fresh, url],
  compare: [true, true],
  nested: [5, fresh, 2, [true, true, 3]],
  made: [21, fresh, 2, [true, true, 3]],
  bound: [11, fresh, 2, [true, true, 3]],
  subclass: [true, ...fresh],
  here: [true, true, 101],
});

const ofCommonJs = (className: string) => ({
  report: [[false, `${className}-1`, false], fresh, true],
  exported: fresh,
  checks: [true, true],
  home: [true, 2, true, true],
  grandchild: [[false, `${className}-4:1`, false], fresh, true],
  compare: [true, true],
  nested: [5, fresh, 2, [true, true, 3]],
  here: [true, true, 101],
});

const ofTypeScript = {
  exported: [true, 1],
  checks: [true, true],
  home: [true, 2, true, true],
  grandchild: [
    [false, 'SpawnProcess-3:1'],
    [true, 1],
  ],
  nested: [5, [true, 1], 2, [true, 3]],
  here: [true, 101],
};

describeStartMethods(
  'functions, classes and variables of a main module that children import',
  (method) => {
    const className = method === 'spawn' ? 'SpawnProcess' : 'ForkServerProcess';

    it('of an ES module with top-level await', async () => {
      expect(await findingsOf('main.mjs', method)).toEqual(ofModule(className));
    });

    it('of a CommonJS module', async () => {
      expect(await findingsOf('main.cjs', method)).toEqual(ofCommonJs(className));
    });
  },
  (method) => (method === 'fork' ? 'everything is there already' : whyUnsupported(method)),
);

describe('the same in TypeScript', { timeout: PATIENCE_MS }, () => {
  it.each(['main.mts', 'main.cts'])('of %s, by tsx', async (main) => {
    expect(await findingsOf(main, 'spawn', [tsx])).toEqual(ofTypeScript);
  });

  it.skipIf(!stripsTypes).each(['main.mts', 'main.cts'])(
    'of %s, by type stripping',
    async (main) => {
      expect(await findingsOf(main)).toEqual(ofTypeScript);
    },
  );
});

const forks = whyUnsupported('fork') === undefined;

it.skipIf(!forks)(
  'a spawned child that has imported it forks, and a forked one spawns',
  async () => {
    expect(await findingsOf('fork-in-child.mjs')).toEqual([
      [true, { counter: 11, isMain: false }],
      [true, { counter: 1, isMain: false }],
    ]);
  },
);

describe('a main module without a guard', () => {
  it.each(['no-guard.mjs', 'no-guard.cjs'])(
    '%s: its child says where, and starts nothing',
    async (main) => {
      const { stdout, stderr } = await runFixtureOk(`import-main/${main}`);
      expect(stdout).toBe('1\n');
      expect(stderr.match(/Error:/g)).toHaveLength(1);
      expect(stderr).toMatch(
        /^Process \w+-1:\nInvalidStateError: The main module starts a process/,
      );
      expect(stderr).toContain(`at ${path.join(folder, main)}:${lineOf(main, 'p.start()')}:`);
      expect(stderr).toContain('if (isMainProcess) {');
    },
  );
});

describe('what goes wrong with the main module', () => {
  const outcomeOf = (name: string) => runFixtureOk('import-main/outcomes.mjs', { args: [name] });

  it('it never settles', async () => {
    const { stdout, stderr } = await outcomeOf('stuck');
    expect([stdout, stderr]).toEqual([
      '13\n',
      'Process SpawnProcess-1: the main module awaits something that nothing is left to settle\n',
    ]);
  });

  it('it throws', async () => {
    const { stdout, stderr } = await outcomeOf('throws');
    expect(stdout).toBe('1\n');
    expect(stderr).toMatch(
      /^Process SpawnProcess-1:\nError: broken at its top level\n {4}at .*outcomes\.mjs:\d+:/,
    );
  });

  it('a function of it throws, at its own line', async () => {
    const { stderr } = await outcomeOf('fails');
    const line = lineOf('outcomes.mjs', 'in a function');
    expect(stderr).toMatch(new RegExp(`\\nError: in a function.*\\n.*outcomes\\.mjs:${line}:`));
  });

  it('a name has no function in the child', async () => {
    const { stdout, stderr } = await outcomeOf('late');
    expect(stdout).toBe('1\n');
    expect(stderr).toMatch(
      /^Process SpawnProcess-1:\nPicklingError: The main module's 'late' is undefined in this process/,
    );
  });

  it('a child was started before it was to be imported', async () => {
    const { stdout, stderr } = await outcomeOf('tooLate');
    expect(stdout).toBe('1\n');
    expect(stderr).toContain(
      "The main module has no 'readSocket' in this process: it was not imported",
    );
  });

  it('a variable of it cannot travel: the error tells of setImportMain', async () => {
    const { stdout } = await outcomeOf('notImported');
    expect(stdout).toMatch(
      /^PicklingError ERR_MP_PICKLING cannot pickle Socket object at target\.<variable 'readSocket'>/,
    );
    expect(stdout).toMatch(/\nWith setImportMain\(true\) each process has the variables .*\n$/);
  });

  it('a variable of a function inside of it cannot travel: there is no such advice', async () => {
    const { stdout } = await outcomeOf('insideOfAnother');
    expect(stdout).toMatch(/^PicklingError ERR_MP_PICKLING cannot pickle Socket object/);
    expect(stdout).not.toContain('setImportMain');
  });

  it('private state does not travel by itself either', async () => {
    const { stdout } = await outcomeOf('hidden');
    expect(stdout).toMatch(/cannot pickle Secret object at args\[0\].*registerReducer/s);
  });

  it.each([
    ["setImportMain('yes')", 'ERR_INVALID_ARG_TYPE'],
    ['setImportMain(true)', 'ERR_MP_INVALID_STATE'],
    ['setImportMain(false)', 'undefined'],
  ])('node -e: %s is %s', async (call, code) => {
    const program = `
      const { setImportMain } = require('node-multiprocessing');
      try { ${call} } catch (error) { console.log(error.code) }`;
    // The argument stands where a main module would.
    const { stdout } = await runFixture('import-main/main.mjs', { execArgv: ['-e', program] });
    expect(stdout.trim() || 'undefined').toBe(code);
  });
});
