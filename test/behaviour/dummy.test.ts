import { expect, it } from 'vitest';
import { runFixtureOk } from '../helpers/run-fixture.js';

async function findings(name: string) {
  const { stdout, stderr } = await runFixtureOk('dummy-cases.mjs', { args: [name] });
  const lines = stdout
    .trimEnd()
    .split('\n')
    .map((line) => JSON.parse(line));
  return { found: lines.at(-1), lines, stderr };
}

it('a thread ends as a process does', async () => {
  const { found, stderr } = await findings('exitCodes');
  expect(found).toEqual({
    return: 0,
    error: 1,
    null: 1,
    rejection: 1,
    later: 1,
    exit: 0,
    exit8: 8,
    exitCode: 5,
    unsettled: 13,
    exitWhileUnsettled: 3,
  });
  expect(stderr).toContain('Process ThreadProcess-2:\nError: no\n    at ');
  expect(stderr).toMatch(/Process ThreadProcess-5:\n.*Error.*: later\n/);
  expect(stderr).toContain('Process ThreadProcess-9: the target awaits something');
});

it('a thread tells its state, and may be joined by several, with timeouts and signals', async () => {
  const { found } = await findings('states');
  const shown = (state: string) => `<ThreadProcess name='waiter' ${state}>`;
  expect(found).toEqual({
    before: [null, false, false, shown('initial')],
    running: [
      ...[null, true, true, shown('started')],
      ['waiter'],
      'InvalidStateError ERR_MP_INVALID_STATE',
    ],
    joins: [null, null, expect.stringContaining('AbortError'), 0, 0, 0],
    after: [0, false, false, shown('stopped exitcode=0'), []],
  });
});

it('a thread refuses what its state does not allow, and bad options', async () => {
  const { found } = await findings('misuse');
  const state = 'InvalidStateError ERR_MP_INVALID_STATE';
  const pickling = 'PicklingError ERR_MP_PICKLING';
  expect(found).toEqual({
    early: [state, state, state],
    late: [state, state, pickling],
    closed: Array(2).fill('ClosedError ERR_MP_CLOSED'),
    wrong: Array(4).fill('TypeError ERR_INVALID_ARG_TYPE'),
    again: [pickling, pickling],
  });
});

it('a thread that spins can be ended, also while it starts', async () => {
  expect((await findings('ends')).found).toEqual([1, 1]);
});

it('a thread does not belong to a fork of its process', async () => {
  const { found } = await findings('inFork');
  expect(found).toEqual([[false, 0, 'InvalidStateError ERR_MP_INVALID_STATE'], 0, true, 0]);
});

it('a thread is joined and closed by await using', async () => {
  expect((await findings('disposal')).found).toEqual(['closed>', 'closed>']);
});

it('a thread runs the run() of a subclass, with the fields of the object', async () => {
  const { found } = await findings('subclass');
  expect(found).toEqual([[5, 'Adder-1', true, true], 0]);
});

it('threads share locks, values, queues and pipes', async () => {
  const { found } = await findings('sharedThings');
  expect(found).toEqual({ value: 4000, answers: [2, 4, 6], joined: true });
});

it('a thread knows itself, and may have threads', async () => {
  const { found } = await findings('insideAndOutside');
  expect(found).toEqual(['inner', 'outer', true, 'MainProcess']);
});

it('the names are those of the package, and Pool is ThreadPool', async () => {
  const { found } = await findings('names');
  expect(found).toEqual({ same: true, squares: [1, 4, 9], isThreadPool: true });
});

it('the program awaits its threads, but not those that are daemonic', async () => {
  const { lines } = await findings('endOfProgram');
  expect(lines).toEqual(['the program has ended', 'the thread has ended']);
});
