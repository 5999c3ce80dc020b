import { afterEach, describe, expect, it } from 'vitest';
import { BoundedSemaphore } from '../../../ts/synchronize/bounded-semaphore.js';
import { Semaphore } from '../../../ts/synchronize/semaphore.js';
import { thrownBy, usePipes } from '../../helpers/pipes.js';

const pipe = usePipes();
const open: Disposable[] = [];
afterEach(() => {
  for (const object of open.splice(0)) object[Symbol.dispose]();
});

function made<T extends Disposable>(object: T): T {
  open.push(object);
  return object;
}

describe('Semaphore', () => {
  it('lets as many in as it was made for', async () => {
    const semaphore = made(new Semaphore(2));
    expect(semaphore.getValue()).toBe(2);
    expect(await semaphore.acquire()).toBe(true);
    expect(semaphore.acquireSync()).toBe(true);
    expect(semaphore.getValue()).toBe(0);
    expect(await semaphore.acquire({ timeout: 1 })).toBe(false);
    expect(semaphore.acquireSync({ block: false })).toBe(false);
    semaphore.release();
    expect(await semaphore.acquire({ timeout: 0 })).toBe(true);
  });

  it('lets one in by default, and any number more with each release', () => {
    const semaphore = made(new Semaphore());
    expect(semaphore.getValue()).toBe(1);
    semaphore.release();
    semaphore.release();
    expect(semaphore.getValue()).toBe(3);
  });

  it('wakes as many as may come in', async () => {
    const semaphore = made(new Semaphore(0));
    const order: number[] = [];
    const waits = [0, 1, 2, 3].map((i) => semaphore.acquire().then(() => order.push(i)));
    semaphore.release();
    semaphore.release();
    await Promise.all(waits.slice(0, 2));
    expect(order).toEqual([0, 1]);
    semaphore.release();
    semaphore.release();
    await Promise.all(waits);
    expect(order).toEqual([0, 1, 2, 3]);
  });

  it('never lets more in than it may', async () => {
    const semaphore = made(new Semaphore(3));
    let inside = 0;
    let most = 0;
    const flow = async () => {
      for (let i = 0; i < 20; i++) {
        await semaphore.with(async () => {
          most = Math.max(most, ++inside);
          await null;
          inside--;
        });
      }
    };
    await Promise.all(Array.from({ length: 10 }, flow));
    expect(most).toBe(3);
    expect(semaphore.getValue()).toBe(3);
  });

  it('lets those in first who have waited long', async () => {
    const semaphore = made(new Semaphore(0));
    const waiting = semaphore.acquire();
    await new Promise((resolve) => setTimeout(resolve, 250));
    semaphore.release();
    expect(await semaphore.acquire({ timeout: 0 })).toBe(false);
    expect(await waiting).toBe(true);
    expect(await semaphore.acquire({ timeout: 250 })).toBe(false);
    semaphore.release();
    expect(await semaphore.acquire({ timeout: 0 })).toBe(true);
  });

  it('refuses what is no value', () => {
    for (const value of [-1, 1.5, 2 ** 31, Number.NaN]) {
      expect(thrownBy(() => new Semaphore(value))).toBeInstanceOf(RangeError);
      expect(thrownBy(() => new BoundedSemaphore(value))).toBeInstanceOf(RangeError);
    }
    expect(thrownBy(() => new Semaphore('1' as never))).toBeInstanceOf(TypeError);
  });

  it('has a largest value', () => {
    const semaphore = made(new Semaphore(2 ** 31 - 1));
    expect(thrownBy(() => semaphore.release()).code).toBe('ERR_MP_INVALID_STATE');
    expect(semaphore.getValue()).toBe(2 ** 31 - 1);
  });
});

describe('BoundedSemaphore', () => {
  it('refuses to be released more often than it was acquired', async () => {
    const semaphore = made(new BoundedSemaphore(2));
    expect(thrownBy(() => semaphore.release()).message).toContain('BoundedSemaphore');
    await semaphore.acquire();
    semaphore.release();
    expect(thrownBy(() => semaphore.release()).code).toBe('ERR_MP_INVALID_STATE');
    expect(semaphore.getValue()).toBe(2);
    expect(semaphore).toBeInstanceOf(Semaphore);
  });

  it('keeps its bound on the way', async () => {
    const [ours, theirs] = pipe();
    const semaphore = made(new BoundedSemaphore(2));
    await semaphore.acquire();
    await ours.send(semaphore);
    const received = made(await theirs.recv<BoundedSemaphore>());
    expect(received).toBeInstanceOf(BoundedSemaphore);
    expect(received.getValue()).toBe(1);
    received.release();
    expect(thrownBy(() => received.release()).code).toBe('ERR_MP_INVALID_STATE');
  });
});
