/** Checks of arguments, each before anything is done. One shape of message for all. */

/** Shows what came instead of what was expected: the value where it is short, and its type. */
export function describeReceived(value: unknown): string {
  if (value === null || value === undefined) return String(value);
  if (typeof value === 'function') return `function ${value.name || '(anonymous)'}`;
  if (typeof value === 'object') return `an instance of ${value.constructor?.name || 'Object'}`;
  const text = typeof value === 'string' ? JSON.stringify(value) : String(value);
  return `${text.length > 40 ? `${text.slice(0, 40)}…` : text} (${typeof value})`;
}

function message(name: string, expected: string, value: unknown): string {
  return `Expected \`${name}\` to be ${expected}, received ${describeReceived(value)}`;
}

export function invalidType(name: string, expected: string, value: unknown): TypeError {
  return Object.assign(new TypeError(message(name, expected, value)), {
    code: 'ERR_INVALID_ARG_TYPE',
  });
}

export function outOfRange(name: string, expected: string, value: unknown): RangeError {
  return Object.assign(new RangeError(message(name, expected, value)), {
    code: 'ERR_OUT_OF_RANGE',
  });
}

/** A timeout in milliseconds: `undefined` waits for ever, `0` tries once. */
export function validateTimeout(timeout: unknown, name = 'timeout'): number | undefined {
  if (timeout === undefined) return undefined;
  if (typeof timeout !== 'number') throw invalidType(name, 'a number of milliseconds', timeout);
  if (Number.isNaN(timeout) || timeout < 0) {
    throw outOfRange(name, 'a non-negative number of milliseconds', timeout);
  }
  return timeout === Number.POSITIVE_INFINITY ? undefined : timeout;
}

export function validateSignal(signal: unknown, name = 'signal'): AbortSignal | undefined {
  if (signal === undefined) return undefined;
  if (signal instanceof AbortSignal) return signal;
  throw invalidType(name, 'an AbortSignal', signal);
}

export function validateInteger(
  name: string,
  value: unknown,
  { min = 0, max = Number.MAX_SAFE_INTEGER } = {},
): number {
  if (typeof value !== 'number') throw invalidType(name, 'an integer', value);
  if (!Number.isInteger(value) || value < min || value > max) {
    throw outOfRange(name, `an integer from ${min} to ${max}`, value);
  }
  return value;
}

export function validateFunction(name: string, value: unknown): Function {
  if (typeof value !== 'function') throw invalidType(name, 'a function', value);
  return value;
}

export function validateIterable<T>(name: string, value: Iterable<T>): Iterable<T> {
  const given: unknown = value;
  const isIterable = given !== null && given !== undefined && Symbol.iterator in Object(given);
  if (!isIterable) throw invalidType(name, 'an iterable', given);
  return value;
}

export function validateString(name: string, value: unknown): string {
  if (typeof value !== 'string') throw invalidType(name, 'a string', value);
  return value;
}

export function validateBoolean(name: string, value: unknown): boolean {
  if (typeof value !== 'boolean') throw invalidType(name, 'a boolean', value);
  return value;
}

/**
 * An options object, with only its own properties: an option never comes from a polluted
 * `Object.prototype`.
 */
export function validateOptions<T extends object>(options: T | undefined, name = 'options'): T {
  if (options === undefined) return Object.create(null);
  if (options === null || typeof options !== 'object') {
    throw invalidType(name, 'an object', options);
  }
  return Object.assign(Object.create(null), options);
}
