import { describe, expect, it } from 'vitest';
import type { StartMethod } from '../../ts/process/this-process.js';
import { runFixtureOk } from '../helpers/run-fixture.js';
import { describeStartMethods } from '../helpers/start-methods.js';

describeStartMethods('Pool', (method) => describePool(method));

describe('ThreadPool', () => describePool('threads'));

/** What is told of lost workers, and of memory, concerns processes only. */
function describePool(method: StartMethod | 'threads'): void {
  const ofProcesses = it.skipIf(method === 'threads');

  async function found(name: string, execArgv: string[] = []) {
    const { stdout } = await runFixtureOk('pool-cases.mjs', { args: [method, name], execArgv });
    return JSON.parse(stdout.trimEnd().split('\n').at(-1)!);
  }

  it('calls functions with all kinds of input', async () => {
    expect(await found('calls')).toEqual({
      map: Array.from({ length: 20 }, (_, i) => i * i),
      mapOfTexts: ['a!', 'b!', 'c!'],
      mapOfIterable: [11, 12],
      mapOfAsyncIterable: [-1, -2],
      starmap: [8, 9],
      apply: [1, 'two', [3]],
      asynchronous: [2, 3, 4],
      empty: [],
      fractions: ['0.5', '0', '1.5'],
      minusZero: true,
      withProperties: 6,
      ones: [0.5, -1, 2 ** 32],
      undefineds: 2,
    });
  });

  it('refuses options of a wrong type or range', async () => {
    const [range, type] = ['RangeError ERR_OUT_OF_RANGE', 'TypeError ERR_INVALID_ARG_TYPE'];
    expect(await found('options')).toMatchObject({
      maxTasks: [range, range, range, type],
      initializer: type,
      initargs: type,
      options: type,
      callback: { code: 'ERR_INVALID_ARG_TYPE' },
      timeout: { code: 'ERR_OUT_OF_RANGE' },
      buffersize: { code: 'ERR_OUT_OF_RANGE' },
      imapChunksize: { code: 'ERR_OUT_OF_RANGE' },
      notArguments: { code: 'ERR_INVALID_ARG_TYPE' },
      pool: { code: 'ERR_MP_PICKLING' },
      standardSize: true,
      // A fork has everything that its parent has.
      ...(method === 'fork' ? {} : { unfit: 'BrokenPoolError' }),
    });
  });

  it('hands out chunks: four for each worker, unless told', async () => {
    expect(await found('chunks')).toEqual({
      standard: [11, 11, 11, 11, 11, 11, 11, 4],
      asked: [3, 3, 1],
      perWorker: [2, 2, 2],
    });
  });

  it('does what it was given before it was closed, with new workers where they are needed', async () => {
    expect(await found('closing')).toEqual({
      late: [0, 1, 2, 3],
      kept: [true, [1, 2]],
      joined: {},
      later: 'ERR_MP_INVALID_STATE',
    });
  });

  it('may be had by a process that is no worker', async () => {
    expect(await found('inProcess')).toEqual([[2, 3, 4], 0]);
  });

  it('is terminated, with a warning, when nobody has it any more', async () => {
    expect(await found('collected', ['--expose-gc'])).toEqual({
      name: 'MultiprocessingWarning',
      code: 'MP_UNCLOSED_POOL',
    });
  });

  it('rejects what fails, and only that', async () => {
    const findings = await found('errors');
    expect(findings).toMatchObject({
      first: { name: 'RangeError', extra: 1, stack: true },
      allDone: 6,
      thrownNull: { error: null },
      result: { code: 'ERR_MP_MAYBE_ENCODING' },
      argument: { code: 'ERR_MP_PICKLING' },
      fn: { code: 'ERR_MP_PICKLING' },
      unloadable: { code: 'ERR_MP_PICKLING', message: 'cannot unpickle: Error: cannot be loaded' },
      stillThere: [1, 2, 3],
      chunksize: { code: 'ERR_OUT_OF_RANGE' },
      noFunction: { code: 'ERR_INVALID_ARG_TYPE' },
      noIterable: { code: 'ERR_INVALID_ARG_TYPE' },
      badInput: { message: 'input' },
      joinTooSoon: { code: 'ERR_MP_INVALID_STATE' },
      closed: { code: 'ERR_MP_INVALID_STATE' },
      'processes 0': 'RangeError',
      'processes 1.5': 'RangeError',
      'processes x': 'TypeError',
    });
    expect(findings.result.message).toContain('result[0]');
    expect(findings.argument.message).toContain('args[0]');
  });

  it('iterates over results, and reads no further ahead than it may', async () => {
    expect(await found('iteration')).toMatchObject({
      some: [0, 2, 4, 6, 8],
      closed: true,
      readAhead: true,
      withError: [
        { value: { value: 0 } },
        { message: 'one' },
        { value: { value: 2 } },
        { value: { done: true } },
      ],
      inTime: [{ code: 'ERR_MP_TIMEOUT' }, { value: { value: 300 } }, { value: { done: true } }],
      untilBroken: [
        { value: { value: 1 } },
        { value: { value: 2 } },
        { message: 'input' },
        { value: { done: true } },
      ],
      unordered: true,
    });
  });

  it('lets what runs end when nobody iterates any more, and drops what has not begun', async () => {
    expect(await found('leftEarly')).toEqual({
      results: [0],
      begun: 1,
      finished: 1,
      isSameWorker: true,
    });
  });

  it('gives results that may be asked for later', async () => {
    expect(await found('results')).toMatchObject({
      before: {
        ready: false,
        got: { code: 'ERR_MP_TIMEOUT' },
        waited: false,
        successful: 'ERR_MP_INVALID_STATE',
      },
      value: 'done',
      ready: true,
      successful: [true, false],
      got: { message: 'no' },
      star: [3],
      seen: ['done', 'no'],
    });
  });

  ofProcesses('loses the task of a lost worker, and nothing else', async () => {
    const lost = (how: string) => `The worker with pid PID ${how}`;
    expect(await found('lostWorkers')).toEqual({
      others: 40,
      lost: [
        lost('was killed by SIGKILL'),
        lost('exited with code 3'),
        lost('was killed by SIGTERM'),
      ],
      end: { exitCode: 7, signal: null, pid: true, stderrTail: 'the last words\n' },
      thrown: [1, true],
      alive: [2, 3],
    });
  });

  it('is broken when the initializer fails', async () => {
    expect(await found('brokenInitializer')).toMatchObject({
      first: { name: 'BrokenPoolError', cause: 'not today' },
      later: { code: 'ERR_MP_BROKEN_POOL' },
      ended: 0,
    });
  });

  it('prepares its workers', async () => {
    expect(await found('initializer')).toEqual([1, 1, 1]);
  });

  it('replaces workers after so many tasks, and those that have grown', async () => {
    expect(await found('replaced')).toEqual({
      perWorker: [3, 3, 3],
      byMemory: method !== 'threads',
    });
  });

  it('ends tasks that take too long, from their beginning', async () => {
    expect(await found('timeouts')).toEqual({
      lost: {
        name: 'TimeoutError',
        code: 'ERR_MP_TIMEOUT',
        message: 'The task took longer than 150 ms',
      },
      other: { value: 'kept' },
      queued: Array(4).fill({ value: 1 }),
      mapped: [1, 1, 1, 1],
    });
  });

  ofProcesses('gives calls up', async () => {
    expect(await found('aborted')).toMatchObject({
      heeds: { message: 'enough' },
      behind: { value: 'ran' },
      dropped: { message: 'enough' },
      spun: 'AbortError',
      already: { message: 'before' },
      alive: 'alive',
    });
  });

  it('rejects what is left when it is terminated', async () => {
    expect(await found('terminated')).toEqual({
      rejected: ['ERR_MP_TERMINATED', 'ERR_MP_TERMINATED'],
      later: 'ERR_MP_INVALID_STATE',
    });
  });

  it('may be used by its workers', async () => {
    expect(await found('nested')).toEqual([
      [1, 2, 3],
      [10, 20, 30],
    ]);
  });

  it('takes what has descriptors, and what is shared', async () => {
    expect(await found('sharedThings')).toEqual({
      received: 'by a connection',
      set: true,
      back: true,
      connection: 'from a worker',
    });
  });

  it('takes large arguments and results', async () => {
    expect(await found('large')).toEqual({
      lengths: Array(3).fill((5 << 20) + 7),
      text: 3 << 20,
      many: true,
    });
  });

  it('keeps the asynchronous context of its callers', async () => {
    expect(await found('context')).toBe(true);
  });

  it('takes tasks away from a worker that does not get to them', async () => {
    expect(await found('shares')).toBe(200);
  });

  it('does not keep the program when it is idle', async () => {
    expect(await found('idle')).toEqual([1, 2]);
  });
}
