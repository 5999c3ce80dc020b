/** Runs the function of a task, which may be asynchronous or not. */
import { ToWorker } from './frames.js';

/** What a task came to; `value` may be a promise of it. */
export type Outcome =
  | { readonly failed: false; readonly value: unknown }
  | { readonly failed: true; readonly error: unknown; readonly value?: undefined };

/** @returns What the function returned; for several items a list, or a promise of one. */
export function run(base: number, fn: Function, input: unknown): unknown {
  const items = input as unknown[];
  if (base === ToWorker.CALL) return fn(...items);
  const callOne =
    base === ToWorker.STARMAP
      ? (args: unknown) => fn(...(args as Iterable<unknown>))
      : (item: unknown) => fn(item);
  return runAll(callOne, items);
}

/** One after the other; not asynchronous before one of them is. */
function runAll(callOne: (item: unknown) => unknown, items: readonly unknown[]): unknown {
  const results = new Array<unknown>(items.length);
  for (let i = 0; i < items.length; i++) {
    const value = callOne(items[i]);
    if (isThenable(value)) return goOn(callOne, items, results, i, value);
    results[i] = value;
  }
  return results;
}

async function goOn(
  callOne: (item: unknown) => unknown,
  items: readonly unknown[],
  results: unknown[],
  index: number,
  pending: PromiseLike<unknown>,
): Promise<unknown[]> {
  results[index] = await pending;
  for (let i = index + 1; i < items.length; i++) results[i] = await callOne(items[i]);
  return results;
}

export function isThenable(value: unknown): value is PromiseLike<unknown> {
  return (
    typeof value === 'object' &&
    value !== null &&
    typeof (value as { then?: unknown }).then === 'function'
  );
}

export async function settled(value: PromiseLike<unknown>): Promise<Outcome> {
  try {
    return { value: await value, failed: false };
  } catch (error) {
    return { error, failed: true };
  }
}
