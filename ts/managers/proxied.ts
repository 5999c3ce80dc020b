import type { BaseProxy } from './base-proxy.js';

type Method = (...args: never[]) => unknown;

/** The names of the methods that a proxy has of its object. */
type Exposed<T> = {
  [K in keyof T]: K extends string
    ? K extends 'then' | `_${string}`
      ? never
      : T[K] extends Method
        ? K
        : never
    : never;
}[keyof T];

/**
 * A proxy of a `T`: its methods, every one of which returns a promise.
 * @example
 * const maths = await manager.create<Maths>('Maths');
 * await maths.add(4, 3); // Promise<number>
 */
export type Proxied<T> = BaseProxy & {
  readonly [K in Exposed<T>]: T[K] extends (...args: infer A) => infer R
    ? (...args: A) => Promise<Awaited<R>>
    : never;
} & (T extends { next(...args: never[]): unknown } ? AsyncIterable<Yielded<T>> : unknown);

type Yielded<T> = T extends Iterator<infer Y> | AsyncIterator<infer Y> ? Y : unknown;
