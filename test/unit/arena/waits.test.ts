import { afterEach, describe, expect, it } from 'vitest';
import { Event } from '../../../ts/synchronize/event.js';
import { Lock } from '../../../ts/synchronize/lock.js';
import { rejection, thrownBy } from '../../helpers/pipes.js';

const open: Disposable[] = [];
afterEach(() => {
  for (const object of open.splice(0)) object[Symbol.dispose]();
});

function newEvent(): Event {
  const event = new Event();
  open.push(event);
  return event;
}

async function heldLock(): Promise<Lock> {
  const lock = new Lock();
  open.push(lock);
  await lock.acquire();
  return lock;
}

describe('a wait', () => {
  it('gives up after its timeout', async () => {
    const event = newEvent();
    const lock = await heldLock();
    for (const timeout of [0, 1, 30]) {
      const begin = performance.now();
      expect(await event.wait({ timeout })).toBe(false);
      expect(event.waitSync({ timeout })).toBe(false);
      expect(await lock.acquire({ timeout })).toBe(false);
      expect(lock.acquireSync({ timeout })).toBe(false);
      expect(performance.now() - begin).toBeGreaterThanOrEqual(4 * timeout - 1);
    }
  });

  it('takes what is there although its timeout is 0', async () => {
    const lock = new Lock();
    open.push(lock);
    expect(await lock.acquire({ timeout: 0 })).toBe(true);
    lock.release();
    expect(lock.acquireSync({ timeout: 0 })).toBe(true);
    lock.release();
    expect(await lock.acquire({ block: false, timeout: 1e9 })).toBe(true);
    expect(await lock.acquire({ block: false })).toBe(false);
  });

  it('refuses what is no timeout, no signal, no option', async () => {
    const lock = await heldLock();
    const event = newEvent();
    for (const timeout of [-1, Number.NaN]) {
      expect(await rejection(lock.acquire({ timeout }))).toBeInstanceOf(RangeError);
      expect(await rejection(event.wait({ timeout }))).toBeInstanceOf(RangeError);
      expect(thrownBy(() => lock.acquireSync({ timeout }))).toBeInstanceOf(RangeError);
      expect(thrownBy(() => event.waitSync({ timeout }))).toBeInstanceOf(RangeError);
    }
    const bad = [{ timeout: '1' }, { signal: 1 }, { block: 1 }] as object[];
    for (const options of bad) {
      expect(await rejection(lock.acquire(options))).toBeInstanceOf(TypeError);
    }
    expect(await rejection(lock.acquire(5 as never))).toBeInstanceOf(TypeError);
    expect(await rejection(lock.with(5 as never))).toBeInstanceOf(TypeError);
  });

  it('is given up by its signal, before and during it', async () => {
    const event = newEvent();
    const lock = await heldLock();
    const reason = new Error('enough');
    const aborted = AbortSignal.abort(reason);
    expect(await rejection(event.wait({ signal: aborted }))).toBe(reason);
    expect(await rejection(lock.acquire({ signal: aborted }))).toBe(reason);
    expect(thrownBy(() => lock.acquireSync({ signal: aborted }))).toBe(reason);
    const controller = new AbortController();
    const waits = [
      event.wait({ signal: controller.signal }),
      lock.acquire({ signal: controller.signal }),
    ];
    controller.abort(reason);
    for (const wait of waits) expect(await rejection(wait)).toBe(reason);
    lock.release();
    expect(await lock.acquire({ timeout: 0 })).toBe(true);
  });

  it('is one of 10,000 for the same event', async () => {
    const event = newEvent();
    const waits = Array.from({ length: 10_000 }, () => event.wait());
    event.set();
    expect((await Promise.all(waits)).every(Boolean)).toBe(true);
  });

  it('is one of 10,000 for the same lock, served in turn', async () => {
    const lock = await heldLock();
    const order: number[] = [];
    const waits = Array.from({ length: 10_000 }, (_, i) => lock.with(() => order.push(i)));
    lock.release();
    await Promise.all(waits);
    expect(order).toEqual(order.toSorted((a, b) => a - b));
    expect(order.length).toBe(10_000);
  });

  it('is one of 10,000 for as many locks, in both ends of a timeout', async () => {
    const locks = await Promise.all(Array.from({ length: 10_000 }, heldLock));
    const waits = locks.map((lock, i) => lock.acquire(i % 2 === 0 ? {} : { timeout: 1 }));
    const odd = await Promise.all(waits.filter((_, i) => i % 2 === 1));
    expect(odd.some(Boolean)).toBe(false);
    for (const lock of locks) lock.release();
    expect((await Promise.all(waits.filter((_, i) => i % 2 === 0))).every(Boolean)).toBe(true);
  });

  it('goes on to the next when the first in line gives up', async () => {
    const lock = await heldLock();
    const controller = new AbortController();
    const first = lock.acquire({ signal: controller.signal });
    const second = lock.acquire();
    const third = lock.acquire({ timeout: 1 });
    controller.abort(new Error('enough'));
    await rejection(first);
    expect(await third).toBe(false);
    lock.release();
    expect(await second).toBe(true);
  });

  it('ends although the event is cleared right after it was set', async () => {
    const event = newEvent();
    const waits = [event.wait(), event.wait()];
    event.set();
    event.clear();
    expect(await Promise.all(waits)).toEqual([true, true]);
    expect(event.isSet()).toBe(false);
    expect(await event.wait({ timeout: 0 })).toBe(false);
  });

  it('costs nothing when it need not', async () => {
    const event = newEvent();
    event.set();
    expect(await event.wait()).toBe(true);
    expect(event.waitSync()).toBe(true);
    expect(await event.wait({ timeout: 0 })).toBe(true);
  });
});
