import { validateFunction } from '../../validate.js';

/** What the function makes of the value. @throws TypeError when that is a promise. */
export function updated<T>(fn: (value: T) => T, value: T): T {
  const result: unknown = validateFunction('fn', fn)(value);
  if (result instanceof Promise) {
    // Nobody waits for it.
    result.catch(() => {});
    throw new TypeError('Expected `fn` to return a value at once, received a promise');
  }
  return result as T;
}
