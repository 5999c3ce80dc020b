import { setTimeout } from 'node:timers/promises';
import { afterEach, describe, expect, it } from 'vitest';
import { Condition } from '../../../ts/synchronize/condition.js';
import { Lock } from '../../../ts/synchronize/lock.js';
import { RLock } from '../../../ts/synchronize/rlock.js';
import { rejection, thrownBy, usePipes } from '../../helpers/pipes.js';

const pipe = usePipes();
const open: Disposable[] = [];
afterEach(() => {
  for (const object of open.splice(0)) object[Symbol.dispose]();
});

function newCondition(lock?: Lock | RLock): Condition {
  const condition = new Condition(lock);
  open.push(condition);
  return condition;
}

/** Starts so many waits, and returns when all of them wait. */
async function waiting(condition: Condition, count: number, timeout?: number) {
  const woken: number[] = [];
  const waits: Promise<unknown>[] = [];
  for (let i = 0; i < count; i++) {
    await new Promise<void>((resolve) => {
      waits.push(
        condition.with(async () => {
          resolve();
          if (await condition.wait({ timeout })) woken.push(i);
        }),
      );
    });
  }
  // When it has the lock, the last one has let go of it.
  await condition.with(() => {});
  return { woken, ended: Promise.all(waits) };
}

describe.each(['Lock', 'RLock'])('Condition with a %s', (kind) => {
  const lockOfKind = () => {
    const lock = kind === 'Lock' ? new Lock() : new RLock();
    open.push(lock);
    return lock;
  };

  it('wakes as many as are notified, first those who came first', async () => {
    const condition = newCondition(lockOfKind());
    const { woken, ended } = await waiting(condition, 5);
    await condition.with(() => condition.notify());
    while (woken.length < 1) await setTimeout(1);
    await condition.with(() => condition.notify(2));
    while (woken.length < 3) await setTimeout(1);
    await setTimeout(20);
    expect(woken.toSorted()).toEqual([0, 1, 2]);
    await condition.with(() => condition.notifyAll());
    await ended;
    expect(woken.length).toBe(5);
  });

  it('forgets a notification that nobody waits for', async () => {
    const condition = newCondition(lockOfKind());
    await condition.with(() => {
      condition.notify();
      condition.notify(10);
      condition.notifyAll();
    });
    const { woken, ended } = await waiting(condition, 2, 30);
    await ended;
    expect(woken).toEqual([]);
  });

  it('does not count on those who have given up', async () => {
    const condition = newCondition(lockOfKind());
    const given = await waiting(condition, 3, 1);
    await given.ended;
    expect(given.woken).toEqual([]);
    const { woken, ended } = await waiting(condition, 1);
    await condition.with(() => condition.notify());
    await ended;
    expect(woken).toEqual([0]);
  });

  it('gives the lock back, however it ends', async () => {
    const lock = lockOfKind();
    const condition = newCondition(lock);
    const reason = new Error('enough');
    const controller = new AbortController();
    const aborted = condition.with(async () => {
      const error = await rejection(condition.wait({ signal: controller.signal }));
      return [error, lock.locked()];
    });
    await condition.with(() => controller.abort(reason));
    expect(await aborted).toEqual([reason, true]);
    expect(await condition.with(() => condition.wait({ timeout: 1 }))).toBe(false);
    expect(condition.withSync(() => [condition.waitSync({ timeout: 1 }), lock.locked()])).toEqual([
      false,
      true,
    ]);
    expect(lock.locked()).toBe(false);
  });

  it('waits for what its predicate says', async () => {
    const condition = newCondition(lockOfKind());
    let value = 0;
    const waits = [3, 1, 2].map((target) =>
      condition.with(() => condition.waitFor(() => (value >= target ? `${target}` : ''))),
    );
    for (let i = 0; i < 3; i++) {
      await setTimeout(1);
      await condition.with(() => {
        value++;
        condition.notifyAll();
      });
    }
    expect(await Promise.all(waits)).toEqual(['3', '1', '2']);
    expect(await condition.with(() => condition.waitFor(() => 0, { timeout: 5 }))).toBe(0);
    expect(await condition.with(() => condition.waitFor(() => 7, { timeout: 0 }))).toBe(7);
    expect(condition.withSync(() => condition.waitForSync(() => null, { timeout: 5 }))).toBe(null);
  });

  it('asks for its lock', async () => {
    const condition = newCondition(lockOfKind());
    expect((await rejection(condition.wait())).code).toBe('ERR_MP_INVALID_STATE');
    for (const use of [
      () => condition.notify(),
      () => condition.notifyAll(),
      () => condition.waitSync(),
      () => condition.release(),
    ]) {
      expect(thrownBy(use).code).toBe('ERR_MP_INVALID_STATE');
    }
  });

  it('travels with its lock', async () => {
    const [ours, theirs] = pipe();
    const lock = lockOfKind();
    const condition = newCondition(lock);
    await ours.send({ lock, condition });
    const received = await theirs.recv<{ lock: Lock; condition: Condition }>();
    open.push(received.lock, received.condition);
    const woken = condition.with(() => condition.wait({ timeout: 20_000 }));
    await received.condition.with(() => received.condition.notify());
    expect(await woken).toBe(true);
    await received.lock.with(() => expect(lock.locked()).toBe(true));
  });
});

describe('Condition', () => {
  it('lets go of an RLock altogether, and gets it back as often', async () => {
    const lock = new RLock();
    open.push(lock);
    const condition = newCondition(lock);
    const waiting = lock.with(async () => {
      const notified = await lock.with(() => condition.wait());
      return [notified, lock.locked()];
    });
    await condition.with(() => condition.notify());
    expect(await waiting).toEqual([true, true]);
    expect(lock.locked()).toBe(false);
  });

  it('refuses what is no lock, no count, no predicate', async () => {
    expect(thrownBy(() => new Condition({} as never))).toBeInstanceOf(TypeError);
    const condition = newCondition();
    await condition.with(async () => {
      expect(thrownBy(() => condition.notify(0))).toBeInstanceOf(RangeError);
      expect(thrownBy(() => condition.notify('1' as never))).toBeInstanceOf(TypeError);
      expect(await rejection(condition.waitFor(1 as never))).toBeInstanceOf(TypeError);
      expect(await rejection(condition.wait({ timeout: -1 }))).toBeInstanceOf(RangeError);
    });
  });

  it('wakes 10,000', async () => {
    const condition = newCondition();
    let woken = 0;
    const waits = Array.from({ length: 10_000 }, () =>
      condition.with(async () => {
        await condition.wait();
        woken++;
      }),
    );
    await condition.with(() => {});
    await condition.with(() => condition.notify(5000));
    while (woken < 5000) await setTimeout(1);
    await condition.with(() => condition.notifyAll());
    await Promise.all(waits);
    expect(woken).toBe(10_000);
  });
});
