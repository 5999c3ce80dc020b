import { setTimeout } from 'node:timers/promises';
import { afterEach, describe, expect, it } from 'vitest';
import { Barrier, type BarrierOptions } from '../../../ts/synchronize/barrier.js';
import '../../../ts/serialization/pickle.js';
import { rejection, thrownBy, usePipes } from '../../helpers/pipes.js';

const pipe = usePipes();
const open: Disposable[] = [];
afterEach(() => {
  for (const object of open.splice(0)) object[Symbol.dispose]();
});

function newBarrier(parties: number, options?: BarrierOptions): Barrier {
  const barrier = new Barrier(parties, options);
  open.push(barrier);
  return barrier;
}

const BROKEN = 'ERR_MP_BROKEN_BARRIER';
const codes = async (waits: Promise<unknown>[]) =>
  Promise.all(waits.map((wait) => rejection(wait).then((error) => error.code)));

describe('Barrier', () => {
  it('lets all go on when all have come, again and again', async () => {
    const barrier = newBarrier(3);
    for (let round = 0; round < 100; round++) {
      const waits = [barrier.wait(), barrier.wait()];
      expect(barrier.waiting).toBe(2);
      waits.push(barrier.wait());
      expect((await Promise.all(waits)).toSorted()).toEqual([0, 1, 2]);
      expect(barrier.waiting).toBe(0);
    }
    expect(barrier.parties).toBe(3);
    expect(barrier.broken).toBe(false);
  });

  it('has flows wait for each other round after round', async () => {
    const barrier = newBarrier(4);
    const rounds = [0, 0, 0, 0];
    const flow = async (self: number) => {
      for (let round = 0; round < 200; round++) {
        rounds[self]!++;
        await barrier.wait();
        expect(Math.min(...rounds)).toBeGreaterThan(round);
        await barrier.wait();
      }
    };
    await Promise.all([0, 1, 2, 3].map(flow));
  });

  it('runs its action once for all, before anybody goes on', async () => {
    const done: string[] = [];
    const barrier = newBarrier(2, {
      action: async () => {
        await setTimeout(5);
        done.push('action');
      },
    });
    await Promise.all([0, 1].map(() => barrier.wait().then(() => done.push('on'))));
    expect(done).toEqual(['action', 'on', 'on']);
    const alone = newBarrier(1, { action: () => done.push('sync') });
    expect(alone.waitSync()).toBe(0);
    expect(done.at(-1)).toBe('sync');
  });

  it('makes who comes during the action wait for the next time', async () => {
    const order: string[] = [];
    const barrier = newBarrier(2, { action: () => setTimeout(20) });
    const first = [barrier.wait(), barrier.wait()];
    await setTimeout(1);
    const second = barrier.wait().then(() => order.push('second'));
    await Promise.all(first);
    order.push('first');
    await barrier.wait();
    await second;
    expect(order).toEqual(['first', 'second']);
  });

  it('breaks when its action fails', async () => {
    const error = new Error('on purpose');
    const barrier = newBarrier(2, {
      action: () => {
        throw error;
      },
    });
    const waiting = barrier.wait();
    expect(await rejection(barrier.wait())).toBe(error);
    expect((await rejection(waiting)).code).toBe(BROKEN);
    expect(barrier.broken).toBe(true);
    barrier.reset();
    const again = barrier.wait();
    expect(thrownBy(() => barrier.waitSync())).toBe(error);
    expect((await rejection(again)).code).toBe(BROKEN);
  });

  it('breaks for all when one gives up', async () => {
    const reason = new Error('enough');
    const controller = new AbortController();
    const giveUps: ((barrier: Barrier) => Promise<unknown>)[] = [
      (barrier) => barrier.wait({ timeout: 5 }),
      (barrier) => barrier.wait({ timeout: 0 }),
      async (barrier) => barrier.waitSync({ timeout: 5 }),
      (barrier) => {
        const wait = barrier.wait({ signal: controller.signal });
        controller.abort(reason);
        return wait;
      },
    ];
    for (const giveUp of giveUps) {
      const barrier = newBarrier(4);
      const waits = [barrier.wait(), barrier.wait()];
      const error = await rejection(giveUp(barrier));
      expect([BROKEN, undefined]).toContain(error.code);
      expect(await codes(waits)).toEqual([BROKEN, BROKEN]);
      expect(barrier.broken).toBe(true);
      expect((await rejection(barrier.wait())).code).toBe(BROKEN);
      expect(barrier.waiting).toBe(0);
    }
  });

  it('takes its own timeout where a wait has none', async () => {
    const barrier = newBarrier(2, { timeout: 5 });
    expect((await rejection(barrier.wait())).code).toBe(BROKEN);
    barrier.reset();
    const waits = [barrier.wait({ timeout: 20_000 }), barrier.wait()];
    expect(await Promise.all(waits)).toEqual([0, 1]);
  });

  it('is broken by abort(), and as new after reset()', async () => {
    const barrier = newBarrier(3);
    const aborted = [barrier.wait(), barrier.wait()];
    barrier.abort();
    expect(await codes(aborted)).toEqual([BROKEN, BROKEN]);
    barrier.reset();
    expect(barrier.broken).toBe(false);
    const sentAway = [barrier.wait(), barrier.wait()];
    barrier.reset();
    const waits = [barrier.wait(), barrier.wait(), barrier.wait()];
    expect(await codes(sentAway)).toEqual([BROKEN, BROKEN]);
    expect(await Promise.all(waits)).toEqual([0, 1, 2]);
    barrier.reset();
    expect(barrier.broken).toBe(false);
  });

  it('travels with its action and its timeout', async () => {
    const [ours, theirs] = pipe();
    const barrier = newBarrier(2, {
      timeout: 5,
      action: () => {
        throw new Error('of the action');
      },
    });
    await ours.send(barrier);
    const received = await theirs.recv<Barrier>();
    open.push(received);
    expect(received.parties).toBe(2);
    const waiting = barrier.wait({ timeout: 20_000 });
    expect((await rejection(received.wait())).message).toBe('of the action');
    expect((await rejection(waiting)).code).toBe(BROKEN);
    received.reset();
    expect((await rejection(received.wait())).code).toBe(BROKEN);
  });

  it('refuses what makes no sense', () => {
    for (const parties of [0, -1, 1.5, 65536]) {
      expect(thrownBy(() => new Barrier(parties))).toBeInstanceOf(RangeError);
    }
    expect(thrownBy(() => new Barrier('2' as never))).toBeInstanceOf(TypeError);
    expect(thrownBy(() => new Barrier(2, { action: 1 as never }))).toBeInstanceOf(TypeError);
    expect(thrownBy(() => new Barrier(2, { timeout: -1 }))).toBeInstanceOf(RangeError);
  });
});
