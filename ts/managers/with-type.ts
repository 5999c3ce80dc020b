import type { Proxied } from './proxied.js';

/** What a class of managers is with another type registered. */
export type WithType<C extends new (...args: never[]) => unknown, N extends string, F> = {
  readonly [K in keyof C]: C[K];
} & (new (
  ...args: ConstructorParameters<C>
) => InstanceType<C> & { [K in N]: (...args: ArgumentsOf<F>) => Promise<Proxied<MadeBy<F>>> });

type ArgumentsOf<F> = F extends new (
  ...args: infer A
) => unknown
  ? A
  : F extends (...args: infer A) => unknown
    ? A
    : unknown[];

type MadeBy<F> = F extends new (
  ...args: never[]
) => infer T
  ? T
  : F extends (...args: never[]) => infer T
    ? Awaited<T>
    : unknown;
