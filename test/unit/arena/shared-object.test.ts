import { setTimeout } from 'node:timers/promises';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { describe, expect, it } from 'vitest';
import { native } from '../../../ts/native/binding.js';
import { decode, encode } from '../../../ts/serialization/pickle.js';
import { Event } from '../../../ts/synchronize/event.js';
import { Lock } from '../../../ts/synchronize/lock.js';
import { rejection, thrownBy, usePipes } from '../../helpers/pipes.js';

setFlagsFromString('--expose-gc');
const collectGarbage: () => void = runInNewContext('gc');

const pipe = usePipes();

/** How many objects there are that were not there before. */
function countFrom(): () => number {
  new Lock().close();
  const before = native.arenaUsage().objects;
  return () => native.arenaUsage().objects - before;
}

const collect = async (isDone: () => boolean) => {
  for (let attempt = 0; attempt < 200 && !isDone(); attempt++) {
    collectGarbage();
    await setTimeout(1);
  }
};

describe('an object that processes share', () => {
  it('is freed when it is closed, and may be closed twice', () => {
    const added = countFrom();
    const lock = new Lock();
    expect(added()).toBe(1);
    lock.close();
    lock.close();
    expect(added()).toBe(0);
    expect(lock.closed).toBe(true);
  });

  it('is closed at the end of the block that it was declared for', () => {
    const added = countFrom();
    {
      using lock = new Lock();
      expect(lock.closed).toBe(false);
    }
    expect(added()).toBe(0);
  });

  it('takes no more memory after 10,000 of them than after one', () => {
    new Lock().close();
    const before = native.arenaUsage();
    for (let i = 0; i < 10_000; i++) new Lock().close();
    expect(native.arenaUsage()).toEqual(before);
  });

  it('is freed when it is garbage', async () => {
    const added = countFrom();
    for (let i = 0; i < 100; i++) new Event();
    await collect(() => added() === 0);
    expect(added()).toBe(0);
  });

  it('is not garbage while somebody waits for it', async () => {
    const event = new WeakRef(new Event());
    const waiting = event.deref()!.wait({ timeout: 20_000 });
    for (let i = 0; i < 5; i++) {
      await setTimeout(1);
      collectGarbage();
    }
    event.deref()!.set();
    expect(await waiting).toBe(true);
  });

  it('is one object, however many handles there are of it', async () => {
    const [ours, theirs] = pipe();
    const lock = new Lock();
    await ours.send([lock, lock]);
    const [one, other] = await theirs.recv<[Lock, Lock]>();
    expect(one).toBe(other);
    expect(one).not.toBe(lock);
    await lock.acquire();
    expect(one.locked()).toBe(true);
    lock.close();
    expect(one.locked()).toBe(true);
    one.release();
    one.close();
  });

  it('lives in a message until that is read, and no longer', async () => {
    const added = countFrom();
    const [ours, theirs] = pipe();
    const lock = new Lock();
    await ours.send(lock);
    lock.close();
    expect(added()).toBe(1);
    const received = await theirs.recv<Lock>();
    received.close();
    expect(added()).toBe(0);
  });

  it('does not live on in a message that could not be sent', async () => {
    const added = countFrom();
    const [ours, theirs] = pipe();
    const lock = new Lock();
    await rejection(ours.send([lock, new WeakMap()]));
    expect(thrownBy(() => ours.sendSync([lock, new WeakMap()])).code).toBe('ERR_MP_PICKLING');
    theirs.close();
    expect((await rejection(ours.send(lock))).code).toBe('EPIPE');
    expect(thrownBy(() => ours.sendSync(lock)).code).toBe('EPIPE');
    lock.close();
    expect(added()).toBe(0);
  });

  it('is not found once it was closed everywhere', () => {
    const lock = new Lock();
    const undo: (() => void)[] = [];
    const bytes = Buffer.from(encode(lock, { undo }));
    for (const takeBack of undo) takeBack();
    lock.close();
    const other = new Lock();
    expect(thrownBy(() => decode(bytes)).message).toContain('This Lock is not to be found');
    other.close();
  });

  it('is not taken for one of another class', () => {
    const lock = new Lock();
    const bytes = Buffer.from(encode(lock).toString('latin1').replace('Lock', 'Even'), 'latin1');
    expect(bytes.includes('Even')).toBe(true);
    expect(thrownBy(() => decode(bytes)).code).toBe('ERR_MP_PICKLING');
    lock.close();
  });

  it('is a ClosedError to use after it was closed', async () => {
    const lock = new Lock();
    const event = new Event();
    lock.close();
    event.close();
    for (const use of [
      () => lock.acquireSync(),
      () => lock.release(),
      () => lock.locked(),
      () => event.set(),
      () => event.clear(),
      () => event.isSet(),
      () => event.waitSync(),
    ]) {
      expect(thrownBy(use).code).toBe('ERR_MP_CLOSED');
    }
    expect((await rejection(lock.acquire())).code).toBe('ERR_MP_CLOSED');
    expect((await rejection(event.wait())).code).toBe('ERR_MP_CLOSED');
    expect((await rejection(pipe()[0].send(lock))).code).toBe('ERR_MP_PICKLING');
  });

  it('fails those who wait for it when it is closed', async () => {
    const event = new Event();
    const lock = new Lock();
    await lock.acquire();
    const waiting = [event.wait(), event.wait(), lock.acquire()];
    event.close();
    lock.close();
    for (const wait of waiting) expect((await rejection(wait)).code).toBe('ERR_MP_CLOSED');
  });

  it('that is larger than the arena is an error', () => {
    expect(thrownBy(() => native.allocateObject(2 ** 50, 1, 0)).code).toBe('ENOMEM');
  });
});
