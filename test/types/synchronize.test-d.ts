import { describe, expectTypeOf, it } from 'vitest';
import { Barrier, Condition, Event, getContext, Lock, RLock, Semaphore } from '../../ts/index.js';

describe('types', () => {
  it('what waits resolves to whether it came about', () => {
    expectTypeOf(new Lock().acquire({ timeout: 5, block: true })).resolves.toEqualTypeOf<boolean>();
    expectTypeOf(new RLock().acquireSync()).toEqualTypeOf<boolean>();
    expectTypeOf(new Event().wait()).resolves.toEqualTypeOf<boolean>();
    expectTypeOf(new Barrier(2).wait()).resolves.toEqualTypeOf<number>();
  });

  it('with() and waitFor() give back what the function returns', () => {
    expectTypeOf(new Lock().with(async () => 'x')).resolves.toEqualTypeOf<string>();
    expectTypeOf(new Semaphore(2).withSync(() => 1)).toEqualTypeOf<number>();
    expectTypeOf(new Condition().waitFor(() => [1])).resolves.toEqualTypeOf<number[]>();
  });

  it('a condition takes a Lock or an RLock', () => {
    new Condition(new Lock());
    new Condition(new RLock());
    // @ts-expect-error not a lock
    new Condition(new Event());
  });

  it('contexts have the same classes', () => {
    expectTypeOf(getContext('fork').Lock).toEqualTypeOf<typeof Lock>();
  });
});
