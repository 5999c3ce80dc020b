import { describe, expectTypeOf, it } from 'vitest';
import {
  type AsyncResult,
  dummy,
  getContext,
  Pool,
  type ResultIterator,
  ThreadPool,
} from '../../ts/index.js';

declare const pool: Pool;
declare function texts(): AsyncGenerator<string>;
const area = (width: number, height: number) => width * height;

describe('types', () => {
  it('results are those of the function, awaited', () => {
    expectTypeOf(pool.map((x: number) => `${x}`, [1, 2])).resolves.toEqualTypeOf<string[]>();
    expectTypeOf(pool.map(async (x: number) => x > 1, [1])).resolves.toEqualTypeOf<boolean[]>();
    expectTypeOf(pool.apply(async () => 7n)).resolves.toEqualTypeOf<bigint>();
    expectTypeOf(pool.applyAsync(() => new Date())).toEqualTypeOf<AsyncResult<Date>>();
    expectTypeOf(pool.mapAsync((x: number) => x, [1])).toEqualTypeOf<AsyncResult<number[]>>();
    expectTypeOf(pool.applyAsync(() => 'x').get()).resolves.toEqualTypeOf<string>();
    expectTypeOf(pool.applyAsync(() => 'x').wait()).resolves.toEqualTypeOf<boolean>();
  });

  it('items are those of the function, from any iterable', () => {
    pool.map((x) => expectTypeOf(x).toEqualTypeOf<number>(), new Set([1]));
    pool.map((x) => expectTypeOf(x).toEqualTypeOf<string>(), texts());
    // @ts-expect-error items are texts, the function takes numbers
    pool.map((x: number) => x, ['a']);
    // @ts-expect-error a number is no iterable
    pool.map((x: number) => x, 7);
  });

  it('arguments are those of the function', () => {
    expectTypeOf(pool.apply(area, [2, 3])).resolves.toEqualTypeOf<number>();
    expectTypeOf(pool.starmap(area, [[2, 3]])).resolves.toEqualTypeOf<number[]>();
    expectTypeOf(pool.starmapAsync(area, [[2, 3]])).toEqualTypeOf<AsyncResult<number[]>>();
    // @ts-expect-error one argument is missing
    pool.apply(area, [2]);
    // @ts-expect-error the second argument is a number
    pool.starmap(area, [[2, 'x']]);
  });

  it('imap iterates over results', () => {
    const iterator = pool.imap((x: string) => x.length, texts());
    expectTypeOf(iterator).toEqualTypeOf<ResultIterator<number>>();
    expectTypeOf(iterator).toExtend<AsyncIterable<number>>();
    expectTypeOf(iterator.next({ timeout: 5 })).resolves.toEqualTypeOf<
      IteratorResult<number, undefined>
    >();
    expectTypeOf(pool.imapUnordered(async (x: number) => [x], [1])).toEqualTypeOf<
      ResultIterator<number[]>
    >();
  });

  it('callbacks and options are checked', () => {
    pool.applyAsync(() => 'x', [], { callback: (x) => expectTypeOf(x).toEqualTypeOf<string>() });
    pool.mapAsync((x: number) => x, [1], {
      callback: (x) => expectTypeOf(x).toEqualTypeOf<number[]>(),
      errorCallback: (error) => expectTypeOf(error).toBeUnknown(),
      onProgress: (done, total) => expectTypeOf([done, total]).toEqualTypeOf<number[]>(),
    });
    pool.imap((x: number) => x, [1], { buffersize: 3, chunksize: 2, timeout: 5 });
    // @ts-expect-error an `apply` has no chunks
    pool.apply(() => 1, [], { chunksize: 1 });
    // @ts-expect-error a `map` has no buffer
    pool.map((x: number) => x, [1], { buffersize: 1 });
  });

  it('all pools have the same methods', () => {
    expectTypeOf(getContext('fork').Pool).toEqualTypeOf<typeof Pool>();
    expectTypeOf(dummy.Pool).toEqualTypeOf<typeof ThreadPool>();
    expectTypeOf(Pool).toBeConstructibleWith(2, { initializer: (x: number) => x, initargs: [1] });
    // @ts-expect-error what concerns processes only
    expectTypeOf(ThreadPool).toBeConstructibleWith(2, { maxMemoryPerChild: 1 });
    expectTypeOf<ThreadPool['map']>().toEqualTypeOf<Pool['map']>();
  });
});
