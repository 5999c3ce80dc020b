import { setTimeout } from 'node:timers/promises';
import { afterEach, describe, expect, it } from 'vitest';
import { RLock } from '../../../ts/synchronize/rlock.js';
import { rejection, thrownBy } from '../../helpers/pipes.js';

const open: RLock[] = [];
afterEach(() => {
  for (const lock of open.splice(0)) lock.close();
});

function newLock(): RLock {
  const lock = new RLock();
  open.push(lock);
  return lock;
}

describe('RLock', () => {
  it('is acquired again by the flow that has it, and released as often', async () => {
    const lock = newLock();
    const nested = async (depth: number): Promise<number> => {
      expect(await lock.acquire()).toBe(true);
      await setTimeout(1);
      const reached = depth === 0 ? 0 : 1 + (await nested(depth - 1));
      lock.release();
      return reached;
    };
    expect(await nested(5)).toBe(5);
    expect(lock.locked()).toBe(false);
  });

  it('keeps flows apart that were started together', async () => {
    const lock = newLock();
    let inside = 0;
    let most = 0;
    const flow = async () => {
      for (let i = 0; i < 20; i++) {
        await lock.acquire();
        await lock.acquire();
        most = Math.max(most, ++inside);
        await null;
        if (i % 5 === 0) await setTimeout(1);
        inside--;
        lock.release();
        lock.release();
      }
    };
    await Promise.all([flow(), flow(), flow()]);
    expect(most).toBe(1);
    expect(lock.locked()).toBe(false);
  });

  it('confines the flow to the function of with()', async () => {
    const lock = newLock();
    let inside = 0;
    let most = 0;
    const enter = () =>
      lock.with(async () => {
        await lock.with(() => setTimeout(1));
        most = Math.max(most, ++inside);
        await setTimeout(1);
        inside--;
      });
    const first = enter();
    await null;
    const second = enter();
    await setTimeout(1);
    await Promise.all([first, second, enter()]);
    expect(most).toBe(1);
  });

  it('knows the holder of one lock within the flow of another', async () => {
    const [a, b] = [newLock(), newLock()];
    await a.with(() =>
      b.with(async () => {
        expect(await a.acquire({ timeout: 0 })).toBe(true);
        a.release();
      }),
    );
    // Two flows within that of the holder are two.
    let inside = 0;
    const enter = () =>
      b.with(async () => {
        expect(++inside).toBe(1);
        expect(await a.acquire({ timeout: 0 })).toBe(true);
        await setTimeout(1);
        a.release();
        inside--;
      });
    await a.with(() => Promise.all([enter(), enter()]));
    expect([a.locked(), b.locked()]).toEqual([false, false]);
  });

  it('is acquired again by the thread that blocks', () => {
    const lock = newLock();
    expect(lock.acquireSync()).toBe(true);
    expect(lock.acquireSync()).toBe(true);
    lock.release();
    expect(lock.locked()).toBe(true);
    expect(lock.withSync(() => lock.locked())).toBe(true);
    lock.release();
    expect(lock.locked()).toBe(false);
  });

  it('is released by its holder only', async () => {
    const lock = newLock();
    expect(thrownBy(() => lock.release()).code).toBe('ERR_MP_INVALID_STATE');
    let letGo = () => {};
    const holding = lock.with(
      () =>
        new Promise<void>((resolve) => {
          letGo = resolve;
        }),
    );
    await setTimeout(1);
    expect(thrownBy(() => lock.release()).code).toBe('ERR_MP_INVALID_STATE');
    letGo();
    await holding;
    expect(lock.locked()).toBe(false);
  });

  it('refuses to block its own holder for ever', async () => {
    const lock = newLock();
    let letGo = () => {};
    const holding = lock.with(
      () =>
        new Promise<void>((resolve) => {
          letGo = resolve;
        }),
    );
    await setTimeout(1);
    expect(thrownBy(() => lock.acquireSync()).code).toBe('ERR_MP_INVALID_STATE');
    expect(lock.acquireSync({ timeout: 1 })).toBe(false);
    letGo();
    await holding;
  });

  it('gives up in time, and by its signal', async () => {
    const lock = newLock();
    const reason = new Error('enough');
    let letGo = () => {};
    const holding = lock.with(
      () =>
        new Promise<void>((resolve) => {
          letGo = resolve;
        }),
    );
    await setTimeout(1);
    expect(await lock.acquire({ timeout: 1 })).toBe(false);
    expect(await lock.acquire({ block: false })).toBe(false);
    expect(await rejection(lock.acquire({ signal: AbortSignal.abort(reason) }))).toBe(reason);
    expect((await rejection(lock.with(() => {}, { timeout: 1 }))).code).toBe('ERR_MP_TIMEOUT');
    expect(await rejection(lock.acquire({ timeout: -1 }))).toBeInstanceOf(RangeError);
    letGo();
    await holding;
    {
      using _guard = await lock.hold();
      expect(lock.locked()).toBe(true);
    }
    expect(lock.locked()).toBe(false);
  });

  it('may be acquired in a loop without an end to what it remembers', async () => {
    const lock = newLock();
    for (let i = 0; i < 20_000; i++) {
      await lock.acquire();
      lock.release();
    }
    expect(lock.locked()).toBe(false);
  });
});
