import { describeReceived } from '../../validate.js';

/**
 * What can be found again: a copy of an object is another object each time.
 * @throws TypeError
 */
export function requireKey(name: string, key: unknown): void {
  const isObject = (typeof key === 'object' && key !== null) || typeof key === 'function';
  if (!isObject) return;
  throw Object.assign(
    new TypeError(
      `Expected \`${name}\` to be a primitive, since every copy of an object is another one; ` +
        `received ${describeReceived(key)}`,
    ),
    { code: 'ERR_INVALID_ARG_TYPE' },
  );
}
