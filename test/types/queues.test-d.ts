import { describe, expectTypeOf, it } from 'vitest';
import { dummy, getContext, type JoinableQueue, Queue, type SimpleQueue } from '../../ts/index.js';

describe('types', () => {
  it('a queue has items of its type', () => {
    const queue = new Queue<{ id: number }>(5);
    expectTypeOf(queue.get()).resolves.toEqualTypeOf<{ id: number }>();
    expectTypeOf(queue.getSync({ timeout: 1 })).toEqualTypeOf<{ id: number }>();
    expectTypeOf(queue.getNoWait()).toEqualTypeOf<{ id: number }>();
    expectTypeOf(queue.put({ id: 1 }, { block: false })).resolves.toBeVoid();
    // @ts-expect-error an item of another type
    queue.putNoWait({ id: 'x' });
    expectTypeOf(queue).toExtend<AsyncIterable<{ id: number }>>();
    queue.close();
  });

  it('a queue of nobody knows what takes and gives anything', () => {
    expectTypeOf<Queue['get']>().returns.resolves.toBeAny();
    expectTypeOf<SimpleQueue['put']>().parameter(0).toBeAny();
  });

  it('what is told of a queue, and of what is done', () => {
    expectTypeOf<Queue['qsize']>().returns.toBeNumber();
    expectTypeOf<Queue['full']>().returns.toBeBoolean();
    expectTypeOf<SimpleQueue['empty']>().returns.toBeBoolean();
    expectTypeOf<JoinableQueue<string>>().toExtend<Queue<string>>();
    expectTypeOf<JoinableQueue['join']>().returns.resolves.toEqualTypeOf<boolean>();
    expectTypeOf<JoinableQueue['taskDone']>().returns.toBeVoid();
    // @ts-expect-error a maximum is a number
    expectTypeOf(Queue).toBeConstructibleWith('5');
  });

  it('contexts and dummy have the same classes', () => {
    expectTypeOf(getContext('spawn').Queue).toEqualTypeOf<typeof Queue>();
    expectTypeOf(dummy.JoinableQueue).toEqualTypeOf<typeof JoinableQueue>();
  });

  it('arguments of a thread are those of its target', () => {
    new dummy.Process({ target: (a: number, b: string) => [a, b], args: [1, 'x'] });
    // @ts-expect-error the second argument is a string
    new dummy.Process({ target: (a: number, b: string) => [a, b], args: [1, 2] });
    expectTypeOf<dummy.Process['join']>().returns.resolves.toEqualTypeOf<number | null>();
  });
});
