import { expect, it } from 'vitest';
import { runFixtureOk } from '../helpers/run-fixture.js';
import { describeStartMethods } from '../helpers/start-methods.js';

describeStartMethods('Queues', (method) => {
  async function found(name: string) {
    const { stdout } = await runFixtureOk('queue-cases.mjs', { args: [method, name] });
    return JSON.parse(stdout.trimEnd().split('\n').at(-1)!);
  }

  it('travel as arguments, in closures, in messages and in queues, both ways', async () => {
    expect(await found('travels')).toEqual({
      found: ['argument', 'captured', 'message', 'nested', 'own'],
      exitCode: 0,
    });
  });

  it('reach grandchildren', async () => {
    expect(await found('toGrandchild')).toEqual(['number', 0]);
  });

  it('serve several producers and consumers, blocking or not, in the order of each producer', async () => {
    expect(await found('manyToMany')).toEqual({
      isOrdered: true,
      isWhole: true,
      got: 3000,
      codes: [0, 0, 0, 0],
    });
  });

  it('hold what was put when the producer has ended, which waits for nobody', async () => {
    expect(await found('outlivesItsProducer')).toEqual({
      exitCode: 0,
      size: 1010,
      sum: 45 + 499_500,
      empty: true,
    });
  });

  it('make those who put wait while they are full', async () => {
    const full = 'ERR_MP_QUEUE_FULL';
    expect(await found('bounded')).toEqual({
      found: [3, full, full, 0, 0, false, true],
      got: Array.from({ length: 20 }, (_, i) => i).join(),
    });
  });

  it('tell when all items are done', async () => {
    expect(await found('joinable')).toEqual({
      early: true,
      late: true,
      exitCode: 0,
      error: 'taskDone() called too many times',
      undone: false,
    });
  });

  it('are closed for the process that closes them, and for no other', async () => {
    expect(await found('closedByOne')).toEqual({ children: [1, 2], got: [1, 2], empty: true });
  });

  it('go on when one who waits for an item is killed', async () => {
    expect(await found('getterIsKilled')).toEqual([
      'for the other: true',
      0,
      'for the other: false',
      0,
    ]);
  });

  it('refuse in put() what cannot travel', async () => {
    expect(await found('putRefuses')).toEqual({
      told: ['PicklingError', 'ERR_MP_PICKLING', 'item.sessions'],
      refused:
        'cannot pickle an open descriptor for a queue: send it over a Connection, or to a new process at item.connection',
      empty: true,
      exitCode: 0,
    });
  });

  it('lose only the item that cannot be rebuilt', async () => {
    expect(await found('itemCannotBeRebuilt')).toEqual(['ERR_MP_PICKLING', 'next']);
  });

  it('keep a process alive only while it waits', async () => {
    expect(await found('keepsAlive')).toEqual([0, null, 7]);
  });

  it('give a blocked thread up to a signal', async () => {
    expect(await found('interrupted')).toBe(5);
  });

  it('connect worker threads and processes', async () => {
    expect(await found('betweenThreads')).toEqual({ first: 'ready', sum: 249_500, code: 0 });
  });
});
