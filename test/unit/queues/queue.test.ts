import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import {
  ClosedError,
  InvalidStateError,
  JoinableQueue,
  Queue,
  QueueEmpty,
  QueueFull,
  SimpleQueue,
} from '../../../ts/index.js';

describe('Queue', () => {
  let queue: Queue;

  beforeEach(() => {
    queue = new Queue();
  });
  afterEach(() => queue.close());

  it('hands items out in the order in which they were put', async () => {
    await queue.put(1);
    queue.putSync({ a: [2] });
    queue.putNoWait('three');
    expect([await queue.get(), queue.getSync(), queue.getNoWait()]).toEqual([
      1,
      { a: [2] },
      'three',
    ]);
  });

  it('counts exactly', async () => {
    expect([queue.qsize(), queue.empty(), queue.full()]).toEqual([0, true, false]);
    for (let i = 0; i < 3000; i++) queue.putNoWait({ i, text: 'x'.repeat(i % 200) });
    expect([queue.qsize(), queue.empty(), queue.full()]).toEqual([3000, false, false]);
    for (let i = 0; i < 3000; i++) expect(queue.getNoWait().i).toBe(i);
    expect(queue.qsize()).toBe(0);
  });

  it.each([0, 1, 3, 4, 60, 61, 4000, 16_000, 16_368, 16_384, 65_472, 65_536, 300_000, 5_000_000])(
    'carries %i bytes',
    async (length) => {
      const bytes = Buffer.alloc(length, 'y');
      for (let i = 0; i < 6; i++) queue.putNoWait(bytes);
      for (let i = 0; i < 6; i++) expect(bytes.equals(queue.getNoWait())).toBe(true);
    },
  );

  it('gives its own copy: neither what is put later nor what is done to an item changes another', () => {
    const item = { list: [1], bytes: Buffer.alloc(100_000, 1) };
    queue.putNoWait(item);
    item.list.push(2);
    item.bytes.fill(2);
    queue.putNoWait(item);
    const [first, second] = [queue.getNoWait(), queue.getNoWait()];
    expect([first.list, first.bytes[5], second.list, second.bytes[5]]).toEqual([[1], 1, [1, 2], 2]);
  });

  it('is full at maxsize, and has room after a get', async () => {
    using bounded = new Queue<number>(2);
    bounded.putNoWait(1);
    expect(bounded.full()).toBe(false);
    bounded.putNoWait(2);
    expect(bounded.full()).toBe(true);
    expect(() => bounded.putNoWait(3)).toThrow(QueueFull);
    expect(() => bounded.putSync(3, { timeout: 5 })).toThrow(QueueFull);
    await expect(bounded.put(3, { timeout: 5 })).rejects.toMatchObject({
      name: 'QueueFull',
      code: 'ERR_MP_QUEUE_FULL',
    });
    const waiting = bounded.put(3);
    expect([await bounded.get(), await waiting, bounded.qsize()]).toEqual([1, undefined, 2]);
  });

  it('fails in time when there is nothing to get', async () => {
    expect(() => queue.getNoWait()).toThrow(QueueEmpty);
    expect(() => queue.getSync({ timeout: 5 })).toThrow(QueueEmpty);
    expect(() => queue.getSync({ block: false })).toThrow(QueueEmpty);
    await expect(queue.get({ timeout: 0 })).rejects.toThrow(QueueEmpty);
    await expect(queue.get({ timeout: 5 })).rejects.toMatchObject({
      name: 'QueueEmpty',
      code: 'ERR_MP_QUEUE_EMPTY',
    });
  });

  it('serves those who wait in their order', async () => {
    const waiting = [queue.get(), queue.get(), queue.get()];
    for (const item of 'abc') await queue.put(item);
    expect(await Promise.all(waiting)).toEqual(['a', 'b', 'c']);
  });

  it('keeps the order of puts that wait, also before one that blocks', async () => {
    using bounded = new Queue<number>(1);
    bounded.putNoWait(0);
    const waiting = [bounded.put(1), bounded.put(2)];
    expect(() => bounded.putSync(9, { timeout: 5 })).toThrow(QueueFull);
    expect([await bounded.get(), await bounded.get(), await bounded.get()]).toEqual([0, 1, 2]);
    await Promise.all(waiting);
    expect(bounded.empty()).toBe(true);
  });

  it('gives waits up for a signal, and loses nothing', async () => {
    const controller = new AbortController();
    const waiting = queue.get({ signal: controller.signal });
    controller.abort(new Error('enough'));
    await expect(waiting).rejects.toThrow('enough');
    await expect(queue.get({ signal: controller.signal })).rejects.toThrow('enough');
    await queue.put('kept');
    expect(await queue.get()).toBe('kept');
  });

  it('encodes before it takes a place', async () => {
    using bounded = new Queue(1);
    await expect(bounded.put({ map: new WeakMap() })).rejects.toMatchObject({ path: 'item.map' });
    expect(() => bounded.putNoWait(Symbol('x') && new WeakSet())).toThrow('cannot pickle WeakSet');
    expect(bounded.qsize()).toBe(0);
  });

  it('may be used by what an item is made of', async () => {
    const inner = {
      get nested() {
        queue.putNoWait('from a getter');
        return 'outer';
      },
    };
    queue.putNoWait(inner);
    expect([queue.getNoWait(), queue.getNoWait()]).toEqual(['from a getter', { nested: 'outer' }]);
  });

  it('iterates until its handle is closed', async () => {
    const got: unknown[] = [];
    for (const item of [1, 2, 3]) queue.putNoWait(item);
    for await (const item of queue) {
      got.push(item);
      if (item === 3) queueMicrotask(() => queue.close());
    }
    expect(got).toEqual([1, 2, 3]);
  });

  it('lets other turns of the event loop come between items that are there', async () => {
    for (let i = 0; i < 2000; i++) queue.putNoWait(i);
    let turns = 0;
    let isOver = false;
    const turn = () => {
      turns++;
      if (!isOver) setImmediate(turn);
    };
    setImmediate(turn);
    for (let i = 0; i < 2000; i++) await queue.get();
    isOver = true;
    expect(turns).toBeGreaterThan(3);
  });

  it('fails after close(), and so do those who wait by that handle', async () => {
    const waiting = queue.get();
    queue.close();
    queue.close();
    await expect(waiting).rejects.toThrow(ClosedError);
    await expect(queue.put(1)).rejects.toThrow(ClosedError);
    await expect(queue.get()).rejects.toThrow(ClosedError);
    for (const use of ['putSync', 'putNoWait', 'getSync', 'getNoWait', 'qsize', 'empty', 'full']) {
      expect(() => (queue as never as Record<string, () => void>)[use]!()).toThrow(ClosedError);
    }
  });

  it('has no thread to be joined', async () => {
    await expect(queue.joinThread()).rejects.toThrow(InvalidStateError);
    queue.cancelJoinThread();
    queue.close();
    await queue.joinThread();
    queue.joinThreadSync();
  });

  it('is unlimited with a maxsize of 0 or less', () => {
    using negative = new Queue(-1);
    for (let i = 0; i < 100; i++) negative.putNoWait(i);
    expect(negative.full()).toBe(false);
  });

  it.each(['3', 1.5, Number.NaN, 2 ** 31])('refuses %j as maxsize', (maxsize) => {
    expect(() => new Queue(maxsize as number)).toThrow('Expected `maxsize` to be an integer');
  });

  it('refuses options that are none', async () => {
    await expect(queue.get({ timeout: -1 })).rejects.toThrow(RangeError);
    await expect(queue.put(1, { block: 1 as never })).rejects.toThrow(TypeError);
    expect(() => queue.getSync(5 as never)).toThrow(TypeError);
  });
});

describe('JoinableQueue', () => {
  it('waits until every item is done', async () => {
    using queue = new JoinableQueue();
    expect(await queue.join()).toBe(true);
    queue.putNoWait(1);
    queue.putNoWait(2);
    const joined = queue.join();
    queue.getNoWait();
    queue.taskDone();
    expect(await queue.join({ timeout: 5 })).toBe(false);
    expect(queue.joinSync({ timeout: 5 })).toBe(false);
    queue.taskDone();
    // What is put at once does not make those wait again who waited until now.
    queue.putNoWait(3);
    expect(await joined).toBe(true);
    expect(await queue.join({ timeout: 0 })).toBe(false);
  });

  it('refuses more than there were', () => {
    using queue = new JoinableQueue();
    queue.putNoWait(1);
    queue.taskDone();
    expect(() => queue.taskDone()).toThrow('taskDone() called too many times');
  });
});

describe('SimpleQueue', () => {
  it('puts and gets', async () => {
    const queue = new SimpleQueue();
    await queue.put(1);
    queue.putSync(2);
    expect([await queue.get(), queue.empty(), queue.getSync(), queue.empty()]).toEqual([
      1,
      false,
      2,
      true,
    ]);
    queue.close();
    expect(() => queue.empty()).toThrow(ClosedError);
    await expect(queue.get()).rejects.toThrow(ClosedError);
  });
});
