import { invalidType } from '../../validate.js';

/**
 * What can be found again: a copy of an object is another object each time.
 * @throws TypeError
 */
export function requireKey(name: string, key: unknown): void {
  const isObject = (typeof key === 'object' && key !== null) || typeof key === 'function';
  if (isObject) throw invalidType(name, 'a primitive, since no copy of an object is the same', key);
}
