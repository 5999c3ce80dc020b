/** What goes for everything that can be waited for. */
import { setTimeout as sleep } from 'node:timers/promises';
import { afterEach, describe, expect, it } from 'vitest';
import type { SharedHandle } from '../../../ts/arena/shared-handle.js';
import { native } from '../../../ts/native/binding.js';
import { Barrier } from '../../../ts/synchronize/barrier.js';
import { BoundedSemaphore } from '../../../ts/synchronize/bounded-semaphore.js';
import { Condition } from '../../../ts/synchronize/condition.js';
import { Event } from '../../../ts/synchronize/event.js';
import { Lock } from '../../../ts/synchronize/lock.js';
import { RLock } from '../../../ts/synchronize/rlock.js';
import { Semaphore } from '../../../ts/synchronize/semaphore.js';
import type { WaitOptions } from '../../../ts/transport/wait-options.js';
import { rejection, thrownBy } from '../../helpers/pipes.js';

/** Something that has to be waited for. */
interface Subject {
  readonly object: SharedHandle;
  /** Resolves to whether it came in time. Others may come next. */
  wait(options?: WaitOptions): Promise<boolean>;
  waitSync(options?: { timeout: number }): boolean;
  /** Lets all go on who wait. */
  allow(): Promise<unknown>;
}

/** Held by somebody else. */
function held(object: Lock | RLock | Semaphore): Subject {
  let open = () => {};
  const gate = new Promise<void>((resolve) => {
    open = resolve;
  });
  // In a flow of its own.
  const holding = object.with(() => gate);
  holding.catch(() => {});
  return {
    object,
    async wait(options) {
      const acquired = await object.acquire(options);
      if (acquired) object.release();
      return acquired;
    },
    waitSync(options) {
      const acquired = object.acquireSync(options);
      if (acquired) object.release();
      return acquired;
    },
    allow() {
      open();
      return holding;
    },
  };
}

function notified(): Subject {
  const object = new Condition();
  return {
    object,
    wait: (options) => object.with(() => object.wait(options)),
    waitSync: (options) => object.withSync(() => object.waitSync(options)),
    allow: () => object.with(() => object.notifyAll()),
  };
}

function set(): Subject {
  const object = new Event();
  return {
    object,
    wait: (options) => object.wait(options),
    waitSync: (options) => object.waitSync(options),
    allow: async () => object.set(),
  };
}

/** Who comes too late breaks it. */
function complete(parties: number): Subject {
  const object = new Barrier(parties);
  const isLate = (error: Error) => {
    if (error.name !== 'BrokenBarrierError') throw error;
    object.reset();
    return false;
  };
  return {
    object,
    wait: (options) => object.wait(options).then(() => true, isLate),
    waitSync(options) {
      try {
        object.waitSync(options);
        return true;
      } catch (error) {
        return isLate(error as Error);
      }
    },
    allow: () => object.wait(),
  };
}

const MANY = 10_000;

const subjects: Record<string, (waiters: number) => Subject> = {
  Lock: () => held(new Lock()),
  RLock: () => held(new RLock()),
  Semaphore: () => held(new Semaphore(1)),
  BoundedSemaphore: () => held(new BoundedSemaphore(1)),
  Condition: notified,
  Event: set,
  Barrier: (waiters) => complete(waiters + 1),
};

const open: Subject[] = [];
afterEach(() => {
  for (const { object } of open.splice(0)) object.close();
});

describe.each(Object.entries(subjects))('%s', (_, make) => {
  const subject = (waiters = 1): Subject => {
    const made = make(waiters);
    open.push(made);
    return made;
  };

  it.each([0, 0.01, 30])('gives up after %d ms', async (timeout) => {
    const { wait, waitSync } = subject();
    const begin = performance.now();
    expect(await wait({ timeout })).toBe(false);
    expect(waitSync({ timeout })).toBe(false);
    expect(performance.now() - begin).toBeGreaterThanOrEqual(2 * timeout - 1);
  });

  it.each([1e10, Number.POSITIVE_INFINITY])('waits for up to %d ms', async (timeout) => {
    const { wait, allow } = subject();
    const waiting = wait({ timeout });
    expect(await Promise.race([waiting, sleep(20, 'it waits')])).toBe('it waits');
    await allow();
    expect(await waiting).toBe(true);
  });

  it('gives up for a signal, and is as good as before', async () => {
    const reason = new Error('enough');
    const { object, wait, allow } = subject();
    expect(await rejection(wait({ signal: AbortSignal.abort(reason) }))).toBe(reason);
    const controller = new AbortController();
    const waiting = wait({ signal: controller.signal });
    await sleep(5);
    controller.abort(reason);
    expect(await rejection(waiting)).toBe(reason);
    if (object instanceof Barrier) object.reset();
    const again = wait();
    await sleep(5);
    await allow();
    expect(await again).toBe(true);
  });

  it('fails who waits when it is closed, and who comes then', async () => {
    const { object, wait, waitSync } = subject(2);
    const waiting = [wait(), wait({ timeout: 1e6 })];
    await sleep(5);
    object.close();
    for (const each of waiting) expect((await rejection(each)).code).toBe('ERR_MP_CLOSED');
    expect((await rejection(wait())).code).toBe('ERR_MP_CLOSED');
    expect(thrownBy(() => waitSync({ timeout: 1 })).code).toBe('ERR_MP_CLOSED');
    expect(native.arenaUsage().objects).toBe(0);
  });

  it(`lets ${MANY} go on who have waited at once`, async () => {
    const { wait, allow } = subject(MANY);
    const waits = Array.from({ length: MANY }, () => wait());
    await sleep(1);
    await allow();
    expect((await Promise.all(waits)).every(Boolean)).toBe(true);
  });
});
