// Functions through a real other process, from main modules of every kind. Each fixture holds a
// table of cases and tells how each went.
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { runFixtureOk } from '../helpers/run-fixture.js';

const tsx = path.resolve(import.meta.dirname, '../../node_modules/tsx/dist/cli.mjs');
const stripsTypes = Boolean((process.features as { typescript?: unknown }).typescript);

interface Main {
  readonly title: string;
  readonly fixture: string;
  readonly execArgv?: readonly string[];
  /** At least so many cases have to come back. */
  readonly cases: number;
  readonly skip?: boolean;
}

const mains: readonly Main[] = [
  { title: 'an ES module', fixture: 'function-cases.mjs', cases: 89 },
  { title: 'classes of an ES module', fixture: 'class-cases.mjs', cases: 33 },
  { title: 'a worker thread', fixture: 'cases-in-worker.mjs', cases: 89 },
  { title: 'a CommonJS module', fixture: 'function-main.cjs', cases: 15 },
  {
    title: 'TypeScript by type stripping',
    fixture: 'function-main.mts',
    cases: 11,
    skip: !stripsTypes,
  },
  {
    title: 'TypeScript by tsx',
    fixture: 'function-main.mts',
    execArgv: [tsx],
    cases: 11,
  },
  { title: 'node -e', fixture: 'cases-in-eval.mjs', cases: 4 },
  { title: 'deliveries', fixture: 'function-delivery.mjs', cases: 18 },
];

async function tableOf(
  fixture: string,
  execArgv: readonly string[] = [],
): Promise<Record<string, unknown>> {
  const { stdout } = await runFixtureOk(fixture, { execArgv });
  return JSON.parse(stdout);
}

for (const { title, fixture, execArgv, cases, skip } of mains) {
  if (skip) {
    describe(`functions of ${title}`, () => {
      it.skip('this Node does not strip types');
    });
    continue;
  }
  const results = await tableOf(fixture, execArgv);
  describe(`functions of ${title}`, () => {
    it('are all there', () => {
      expect(Object.keys(results).length).toBeGreaterThanOrEqual(cases);
    });
    it.each(Object.entries(results))('%s', (_name, result) => {
      expect(result).toBe('ok');
    });
  });
}

describe('what cannot travel', async () => {
  const errors = await tableOf('refused-functions.mjs');
  it.each([
    ['socket', 'Socket object'],
    ['server', 'Server object'],
    ['fs stream', 'ReadStream object'],
    ['timer', 'Timeout object'],
    ['promise', 'Promise object'],
    ['WeakMap', 'WeakMap object'],
    ['WeakSet', 'WeakSet object'],
    ['WeakRef', 'WeakRef object'],
    ['FinalizationRegistry', 'FinalizationRegistry object'],
    ['Proxy', 'Proxy object'],
    ['Proxy of a function', 'Proxy of a function'],
    ['generator object', 'Generator object'],
    ['native handle', 'Socket object'],
    ['async hook', 'AsyncHook object'],
    ['private native function', 'native function (anonymous)'],
    ['lone arrow with this', '`this` of its surroundings'],
    ['arrow with this in an inner arrow', '`this` of its surroundings'],
    ['arrow with super', '`super` of its surroundings'],
    ['arrow with new.target', '`new.target` of its surroundings'],
    ['lone method with super', '`super` of the object or class'],
    ['lone method with #x', 'the private name #x'],
    ['instance with #private', 'private state (#x)'],
    ['instance of a subclass of one with #private', 'private state (#x)'],
    ['instance with a #private method', 'private state (#hidden)'],
    ['accessor on a function', "property 'now' is an accessor"],
  ])('%s is refused, with the variable that holds it', (name, reason) => {
    expect(errors[name]).toContain('PicklingError ERR_MP_PICKLING cannot pickle');
    expect(errors[name]).toContain(reason);
    expect(errors[name]).toMatch(
      /\n {2}variable 'culprit'\n {2}function \(anonymous\) \(.*refused-functions\.mjs:\d+:\d+\)/,
    );
  });

  it('the whole path is told, innermost first', () => {
    expect(String(errors['deep']).split('\n').slice(1, 5)).toEqual([
      "  property 'wm' of Object object",
      '  item 0 of Array object',
      "  property 'list' of Object object",
      "  variable 'culprit'",
    ]);
  });
});

describe('under the permission model without the inspector', async () => {
  const flag = process.allowedNodeEnvironmentFlags.has('--permission')
    ? '--permission'
    : '--experimental-permission';
  const results = await tableOf('function-permission.mjs', [
    flag,
    '--allow-addons',
    '--allow-fs-read=*',
  ]);

  it.each([
    ['builtin', true],
    ['builtin of a module', true],
    ['export of a CommonJS module', true],
    ['the same, imported', true],
    ['export of an ES module', true],
    ['default export', true],
    ['class and instance', 4],
  ])('%s travels', (name, expected) => {
    expect(results[name]).toBe(expected);
  });

  it('the error for the rest names the flag', () => {
    expect(results['closure']).toContain('`--allow-inspector`');
  });
});

describe('the debugger', () => {
  it('is switched off again after it was asked for scripts', async () => {
    const { switched } = await tableOf('debugger-stays-off.mjs');
    expect((switched as string[]).slice(-2)).toEqual(['Debugger.enable', 'Debugger.disable']);
  });
});
