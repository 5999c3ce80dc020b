/** The method with which an object of the server says what a copy of it is. */
export const VALUE: unique symbol = Symbol('value');

/** What travels as a copy of the object. */
export function copyOf(object: unknown): unknown {
  const value: unknown = (object as Record<symbol, unknown> | null | undefined)?.[VALUE];
  return typeof value === 'function' ? value.call(object) : object;
}
