/** Each program of examples/ writes what it says, under every start method that it is meant for. */
import { readdirSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, test } from 'vitest';
import { runFixture } from '../helpers/run-fixture.js';

const folder = path.resolve(import.meta.dirname, '../../examples');
const chooseStartMethod = path.resolve(import.meta.dirname, '../fixtures/choose-start-method.mjs');

interface Expected {
  /** Without it: those that the program does not choose itself. */
  methods?: readonly string[];
  execArgv?: readonly string[];
  stdout: string | RegExp;
  stderr?: string | RegExp;
}

const lines = (...texts: string[]) => texts.map((text) => `${text}\n`).join('');

const examples: Record<string, Expected> = {
  'hello.mjs': { stdout: lines('hello bob') },
  'info.mjs': {
    // The child's parent, as the system knows it, is the main process or the forkserver.
    stdout: new RegExp(
      lines(
        '^main line',
        'process name: MainProcess',
        `parent process: ${process.pid}`,
        'process id: (\\d+)',
        'function greet',
        'process name: Process-1',
        'parent process: \\d+',
        'process id: (?!\\1)\\d+',
        'hello bob',
      ),
    ),
  },
  'pipe.mjs': { stdout: lines("[ 42, null, 'hello' ]") },
  'queue.mjs': { stdout: lines("[ 42, null, 'hello' ]") },
  'manager.mjs': {
    stdout: lines("Map(3) { 1 => '1', '2' => 2, 0.25 => null }", '9 8 7 6 5 4 3 2 1 0'),
  },
  'manager-types.mjs': { stdout: lines('7', '56', '1', '2', '3', '2') },
  'remote-manager.mjs': { stdout: lines('hello', 'AuthenticationError') },
  'set-start-method.mjs': { methods: ['spawn'], stdout: lines('hello') },
  'get-context.mjs': { methods: ['spawn'], stdout: lines('hello') },
  'joinable-queue.mjs': {
    stdout: lines(
      'the sum of the squares is 385',
      'Process-1 ended with 0',
      'Process-2 ended with 0',
    ),
  },
  'pool.mjs': { stdout: lines('[ 1, 4, 9 ]') },
  'pool-tour.mjs': {
    stdout: new RegExp(
      lines(
        '^\\[\n {3}0,  1,  4,  9, 16,\n {2}25, 36, 49, 64, 81\n\\]',
        '0 1 4 9 16 25 36 49 64 81',
        '400',
        'a worker: \\d+',
        'workers: \\[ \\d+, \\d+, \\d+, \\d+ \\]',
        'We lacked patience and got a TimeoutError',
        'For the moment, the pool remains available for more work: 25',
        'Now the pool is closed and no longer available',
        'The sleeper: TerminatedError',
      ),
    ),
  },
  'dummy.mjs': {
    methods: ['threads'],
    stdout: lines('a thread of this process: true', 'it ended with 0', '[ 1, 4, 9 ]'),
  },
  'closure.mjs': {
    methods: ['spawn'],
    stdout: lines('child: Ada has 71', 'parent: 70'),
  },
  'subclass.mjs': {
    stdout: lines('Adder-1: 6', 'Adder-2: 60', 'Adder-1 ended with 0', 'Adder-2 ended with 0'),
  },
  'await-using.ts': {
    methods: ['default'],
    execArgv: ['--import', 'tsx'],
    stdout: lines('2', '40', '600', 'done'),
  },
  'value-array.mjs': {
    stdout: lines('3.1415927', '[\n   0, -1, -2, -3, -4,\n  -5, -6, -7, -8, -9\n]'),
  },
  'lock.mjs': {
    // In the order in which they get to it.
    stdout: /^(hello world \d\n){10}$/,
  },
  'log-to-stderr.mjs': {
    stdout: '',
    stderr: new RegExp(
      `^${lines(
        '\\[WARNING/MainProcess\\] doomed',
        '\\[INFO/SyncManager-1\\] child process calling self\\.run\\(\\)',
        '\\[INFO/SyncManager-1\\] manager serving at .*mp-[0-9a-f]+.*',
        '\\[INFO/MainProcess\\] sending shutdown message to manager',
        '\\[INFO/SyncManager-1\\] manager exiting with exitcode 0',
        '\\[INFO/SyncManager-1\\] process shutting down',
        '\\[INFO/SyncManager-1\\] process exiting with exitcode 0',
        '\\[INFO/MainProcess\\] process shutting down',
      )}$`,
    ),
  },
  'logging.mjs': {
    stdout: '',
    stderr: lines(
      '[WARNING/MainProcess] doomed',
      '[INFO/Process-1] child process calling self.run()',
      '[INFO/Process-1] half way through',
      '[INFO/Process-1] process shutting down',
      '[INFO/Process-1] process exiting with exitcode 0',
      '[INFO/MainProcess] process shutting down',
    ),
  },
  'listener.mjs': {
    stdout: lines('hello alice', 'the stranger has an AuthenticationError', 'hello bob'),
  },
  'sharedctypes.mjs': {
    stdout: lines(
      '49',
      '0.1111111111111111',
      'HELLO WORLD',
      '[ [ 3.515625, 39.0625 ], [ 33.0625, 4 ], [ 5.640625, 90.25 ] ]',
    ),
  },
  'pass-connection.mjs': {
    stdout: lines('pong 1', 'pong 2', 'pong 3', 'the other one has hung up'),
  },
  'server-snapshot.mjs': {
    methods: ['fork'],
    stdout: lines(
      '/apples -> 4 apples',
      '/report -> report ForkProcess-1 started',
      '/apples -> 5 apples',
      '/plums -> 1 plums',
      'report: 4 apples, 4 pears',
      'exit code: 0',
    ),
  },
  'exit-codes.mjs': {
    stdout: lines(
      'returns: 0',
      'sets its exit code: 4',
      'exits: 3',
      'throws: 1',
      'is terminated: -15',
      'is killed: -9',
      'after a wait of 10 ms: null',
      'after its end: -9',
    ),
    stderr: /^Process throws:\nError: as it should\n {4}at .*exit-codes\.mjs:\d+:\d+/,
  },
  'sync-worker.mjs': {
    stdout: lines('{ n: 10, result: 55 }', '{ n: 15, result: 610 }', '{ n: 20, result: 6765 }'),
  },
  'import-main.mjs': {
    methods: ['spawn'],
    stdout: lines(
      'MainProcess opens a log',
      'Importer-1 opens a log',
      'Importer-1 has written 1 line(s)',
      'MainProcess has written 0 line(s)',
    ),
  },
  'cannot-travel.mjs': {
    methods: ['spawn'],
    stdout: new RegExp(
      lines(
        '^ERR_MP_PICKLING',
        "cannot pickle WeakMap object at target\\.<variable 'cache'>\\.sessions",
        "  property 'sessions' of Object object",
        "  variable 'cache'",
        '  function lookUp \\(.*cannot-travel\\.mjs:\\d+:\\d+\\)',
        "  property 'target' of Object object",
        'With setImportMain\\(true\\) each process has the variables of the main module for itself',
        'pid: null',
      ),
    ),
  },
};

for (const [name, { methods, execArgv, stdout, stderr = '' }] of Object.entries(examples)) {
  describe(`examples/${name}`, () => {
    for (const method of methods ?? ['forkserver', 'fork', 'spawn']) {
      test(`writes what it should (${method})`, async () => {
        const chosen = methods === undefined ? ['--import', chooseStartMethod] : [];
        const result = await runFixture(path.join(folder, name), {
          execArgv: [...chosen, ...(execArgv ?? [])],
          env: { EXAMPLE_START_METHOD: method },
        });
        expect(result).toMatchObject({ code: 0, signal: null });
        expectText(result.stdout, stdout);
        expectText(result.stderr, stderr);
      });
    }
  });
}

function expectText(text: string, expected: string | RegExp): void {
  if (expected instanceof RegExp) expect(text).toMatch(expected);
  else expect(text).toBe(expected);
}

test('every example is run by a test', () => {
  const programs = readdirSync(folder, { withFileTypes: true })
    .filter((entry) => entry.isFile() && !entry.name.endsWith('.md'))
    .map((entry) => entry.name);
  // word-count.test.ts runs it.
  expect(programs.sort()).toEqual([...Object.keys(examples), 'word-count.mjs'].sort());
});
