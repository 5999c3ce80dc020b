import { describe, expectTypeOf, it } from 'vitest';
import {
  BaseManager,
  type DictProxy,
  getContext,
  type LockProxy,
  Manager,
  type Proxied,
  SharedMemoryManager,
  type SyncManager,
} from '../../ts/index.js';

class Maths {
  readonly scale = 1;
  add(x: number, y: number): number {
    return x + y;
  }
  async later(text: string): Promise<string> {
    return text;
  }
  _hidden(): void {}
}

declare const manager: SyncManager;

describe('types', () => {
  it('Manager() gives a SyncManager, whose objects have the types of their contents', () => {
    expectTypeOf(Manager()).resolves.toEqualTypeOf<SyncManager>();
    expectTypeOf(manager.dict({ a: 1 })).resolves.toEqualTypeOf<DictProxy<string, number>>();
    expectTypeOf(manager.dict(new Map([[1, 'x']]))).resolves.toEqualTypeOf<
      DictProxy<number, string>
    >();
    expectTypeOf(manager.Lock()).resolves.toEqualTypeOf<LockProxy>();
  });

  it('a context makes managers, and is what one takes', () => {
    const context = getContext('fork');
    expectTypeOf(context.Manager({ functions: false })).resolves.toEqualTypeOf<SyncManager>();
    expectTypeOf(getContext().Manager()).resolves.toEqualTypeOf<SyncManager>();
    new SharedMemoryManager({ ctx: context });
    new BaseManager({ ctx: getContext() });
    // @ts-expect-error a name is no context
    new BaseManager({ ctx: 'fork' });
  });

  it('what a proxy gives has the type of what is there', async () => {
    const d = await manager.dict<string, number>();
    expectTypeOf(d.get('a')).resolves.toEqualTypeOf<number | undefined>();
    expectTypeOf(d.get('a', 'none')).resolves.toEqualTypeOf<number | string>();
    expectTypeOf(d.update('a', (n) => n + 1)).resolves.toEqualTypeOf<number>();
    // @ts-expect-error a value of another type
    void d.set('a', 'one');
    const l = await manager.list(['a']);
    expectTypeOf(l.map((text) => text.length)).resolves.toEqualTypeOf<number[]>();
    expectTypeOf(manager.Value('q', 1n).then((v) => v.get())).resolves.toEqualTypeOf<bigint>();
    expectTypeOf(
      manager.Array('i', [1]).then((a) => a.copy()),
    ).resolves.toEqualTypeOf<Int32Array>();
    const lock = await manager.Lock();
    expectTypeOf(lock.with(async () => 'x')).resolves.toEqualTypeOf<string>();
    const pool = await manager.Pool(2);
    expectTypeOf(pool.map((x: number) => `${x}`, [1])).resolves.toEqualTypeOf<string[]>();
  });

  it('a proxy has the methods of its object, which return promises', () => {
    const maths = {} as Proxied<Maths>;
    expectTypeOf(maths.add(1, 2)).resolves.toEqualTypeOf<number>();
    expectTypeOf(maths.later('x')).resolves.toEqualTypeOf<string>();
    // @ts-expect-error no method
    maths.scale;
    // @ts-expect-error not public
    maths._hidden;
  });

  it('register() gives the class with the method that it adds', async () => {
    const MyManager = class extends BaseManager {}.register('Maths', Maths);
    const own = new MyManager();
    const maths = await own.Maths();
    expectTypeOf(maths.add(1, 2)).resolves.toEqualTypeOf<number>();
    expectTypeOf(own.shutdown()).resolves.toEqualTypeOf<void>();
  });
});
