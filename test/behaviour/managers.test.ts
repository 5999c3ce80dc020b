import { beforeAll, describe, expect, it } from 'vitest';
import type { StartMethod } from '../../ts/process/this-process.js';
import { runFixtureOk } from '../helpers/run-fixture.js';
import { describeStartMethods } from '../helpers/start-methods.js';

const cases: Record<string, string> = {
  dict: 'a dict is a Map, with what Python’s has',
  list: 'a list is an array, with what Python’s has',
  set: 'a set',
  Namespace: 'a namespace',
  Lock: 'a lock excludes, times out, is given up, and is released by anybody',
  RLock: 'an RLock belongs to a flow of calls',
  Semaphore: 'a semaphore counts',
  BoundedSemaphore: 'a bounded semaphore is not released too often',
  Condition: 'a condition wakes whom it has to, with either lock',
  Event: 'an event',
  Barrier: 'a barrier, broken and whole',
  Queue: 'a queue, full and empty',
  JoinableQueue: 'a queue waits until all is done',
  Value: 'a number',
  Array: 'an array of numbers',
  Pool: 'a pool, with results that stay in the server',
  nested: 'proxies in objects of the same manager',
  withLock: 'withLock excludes',
  sentOn: 'a proxy that was sent on is there for the receiver',
  argumentsAlone: 'a child has its arguments when the parent has let go',
  errors: 'errors arrive as themselves',
  states: 'a manager is started once',
  manager: 'a manager travels, too',
  two: 'two managers, and objects of one in the other',
  killedServer: 'calls fail when the server was killed',
  killedClient: 'a killed process loses its locks; one that ended keeps them',
  terminatedWaiter: 'whoever is killed while he waits hinders nobody',
  multiplexed: 'no call waits behind another',
  registered: 'types of the program’s own',
  remote: 'a server elsewhere, with the key or with a proxy alone',
  withoutFunctions: 'code is refused where it is not wanted',
  sharedMemory: 'segments go with their manager',
};

describeStartMethods('Manager', (method) => describeCases(method, 'local'));
describe('Manager over TCP', () => describeCases('forkserver', 'tcp'));
describe('Manager over TLS', () => describeCases('forkserver', 'tls'));

function describeCases(method: StartMethod, transport: string): void {
  let outcomes: Record<string, string>;

  beforeAll(async () => {
    const { stdout } = await runFixtureOk('manager-cases.mjs', {
      args: [method, transport],
      deadlockAfterMs: 110_000,
    });
    outcomes = JSON.parse(stdout.trimEnd().split('\n').at(-1)!);
  }, 120_000);

  it('every case is run', () => {
    expect(Object.keys(outcomes).sort()).toEqual(Object.keys(cases).sort());
  });

  it.each(Object.entries(cases))('%s: %s', (name) => {
    expect(outcomes[name]).toBe('ok');
  });
}
