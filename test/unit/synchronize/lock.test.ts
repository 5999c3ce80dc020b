import { afterEach, describe, expect, it } from 'vitest';
import { Lock } from '../../../ts/synchronize/lock.js';
import { rejection, thrownBy } from '../../helpers/pipes.js';

const open: Lock[] = [];
afterEach(() => {
  for (const lock of open.splice(0)) lock.close();
});

function newLock(): Lock {
  const lock = new Lock();
  open.push(lock);
  return lock;
}

describe('Lock', () => {
  it('is held by one at a time, and says whether it is', async () => {
    const lock = newLock();
    expect(lock.locked()).toBe(false);
    expect(await lock.acquire()).toBe(true);
    expect(lock.locked()).toBe(true);
    expect(await lock.acquire({ timeout: 0 })).toBe(false);
    lock.release();
    expect(lock.acquireSync()).toBe(true);
    expect(lock.acquireSync({ block: false })).toBe(false);
    lock.release();
    expect(lock.locked()).toBe(false);
    expect(lock.ownerDied).toBe(false);
  });

  it('refuses to be released when nobody holds it', async () => {
    const lock = newLock();
    expect(thrownBy(() => lock.release()).code).toBe('ERR_MP_INVALID_STATE');
    await lock.acquire();
    lock.release();
    expect(thrownBy(() => lock.release()).code).toBe('ERR_MP_INVALID_STATE');
    expect(await lock.acquire({ timeout: 0 })).toBe(true);
  });

  it('is held while the function runs, and released however it ends', async () => {
    const lock = newLock();
    expect(await lock.with(async () => lock.locked())).toBe(true);
    expect(lock.withSync(() => lock.locked())).toBe(true);
    expect(await lock.with(() => 7)).toBe(7);
    const error = new Error('on purpose');
    const fail = () => {
      throw error;
    };
    expect(await rejection(lock.with(fail))).toBe(error);
    expect(await rejection(lock.with(() => Promise.reject(error)))).toBe(error);
    expect(thrownBy(() => lock.withSync(fail))).toBe(error);
    expect(lock.locked()).toBe(false);
  });

  it('is held for the rest of a block', async () => {
    const lock = newLock();
    {
      using guard = await lock.hold();
      expect(lock.locked()).toBe(true);
      guard.release();
      expect(lock.locked()).toBe(false);
      // Somebody else's now: the guard lets it alone.
      await lock.acquire();
    }
    expect(lock.locked()).toBe(true);
    lock.release();
    {
      using _guard = lock.holdSync();
      expect(lock.locked()).toBe(true);
    }
    expect(lock.locked()).toBe(false);
  });

  it('does not run the function when it could not be acquired in time', async () => {
    const lock = newLock();
    await lock.acquire();
    let ran = false;
    const run = () => {
      ran = true;
    };
    expect((await rejection(lock.with(run, { timeout: 1 }))).code).toBe('ERR_MP_TIMEOUT');
    expect(thrownBy(() => lock.withSync(run, { timeout: 1 })).code).toBe('ERR_MP_TIMEOUT');
    expect((await rejection(lock.hold({ block: false }))).code).toBe('ERR_MP_TIMEOUT');
    expect(thrownBy(() => lock.holdSync({ block: false })).code).toBe('ERR_MP_TIMEOUT');
    expect(ran).toBe(false);
    expect(lock.locked()).toBe(true);
  });

  it('keeps flows of one process from running at once', async () => {
    const lock = newLock();
    let inside = 0;
    let most = 0;
    const flow = async () => {
      for (let i = 0; i < 50; i++) {
        await lock.with(async () => {
          most = Math.max(most, ++inside);
          await null;
          inside--;
        });
      }
    };
    await Promise.all([flow(), flow(), flow(), flow()]);
    expect(most).toBe(1);
  });

  it('hands itself to those who have waited long before those who have just come', async () => {
    const lock = newLock();
    await lock.acquire();
    const waiting = lock.acquire();
    // Long enough for the waiter to be overdue, and to have looked since.
    await new Promise((resolve) => setTimeout(resolve, 250));
    lock.release();
    expect(await lock.acquire({ timeout: 0 })).toBe(false);
    expect(await waiting).toBe(true);
    lock.release();
    expect(await lock.acquire({ timeout: 0 })).toBe(true);
  });

  it('is free again when the one it was kept for has given up', async () => {
    const lock = newLock();
    await lock.acquire();
    expect(await lock.acquire({ timeout: 250 })).toBe(false);
    lock.release();
    expect(await lock.acquire({ timeout: 0 })).toBe(true);
    expect(lock.acquireSync({ timeout: 250 })).toBe(false);
    lock.release();
    expect(lock.acquireSync({ timeout: 0 })).toBe(true);
  });
});
