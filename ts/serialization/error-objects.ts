/** Errors: class, message, stack, cause, errors of an AggregateError, own fields. */
import { types } from 'node:util';
import type { PayloadReader } from './payload-reader.js';
import type { PayloadWriter } from './payload-writer.js';
import { readProperties, writeProperties } from './properties.js';
import { malformed } from './reader.js';
import { readString, writeString } from './strings.js';
import { Tag } from './tags.js';
import { propertyStep } from './trail.js';

/** The builtin classes; a payload names one by its place here. */
export const errorClasses: readonly ErrorConstructor[] = [
  Error,
  EvalError,
  RangeError,
  ReferenceError,
  SyntaxError,
  TypeError,
  URIError,
  AggregateError as unknown as ErrorConstructor,
];
const errorNames = errorClasses.map(({ name }) => name);

// Properties that errors have without showing them; a payload has a bit for each.
const hiddenKeys = ['name', 'message', 'stack', 'cause', 'errors'] as const;
type Fields = Record<string, unknown>;

const places = new Map<object, number>(errorClasses.map((cls, i) => [cls.prototype, i]));

/** The place of the nearest builtin class, of whatever realm. */
function classIndex(error: object): number {
  let prototype: object | null = Object.getPrototypeOf(error);
  for (; prototype !== null; prototype = Object.getPrototypeOf(prototype)) {
    const place = places.get(prototype) ?? placeByName(prototype);
    if (place >= 0) return place;
  }
  return 0;
}

function placeByName(prototype: object): number {
  const name: unknown = Object.getOwnPropertyDescriptor(prototype, 'name')?.value;
  return isBuiltinPrototype(prototype) ? errorNames.indexOf(String(name)) : -1;
}

function isBuiltinPrototype(prototype: object): boolean {
  const cls: unknown = Object.getOwnPropertyDescriptor(prototype, 'constructor')?.value;
  return (
    typeof cls === 'function' &&
    errorNames.includes(cls.name) &&
    Function.prototype.toString.call(cls).includes('[native code]')
  );
}

export function writeError(out: PayloadWriter, error: Error): void {
  out.remember(error);
  out.byte(Tag.ERROR);
  out.unsigned(classIndex(error));
  out.content(error, writeFields);
}

/** An error of a class that cannot travel: of the nearest builtin class, under its own name. */
export function writeErrorByName(out: PayloadWriter, error: Error): void {
  out.remember(error);
  out.byte(Tag.ERROR);
  out.unsigned(classIndex(error));
  out.content(error, writeNamedFields);
}

function writeFields(out: PayloadWriter, error: object): void {
  writeHidden(out, error as Fields, isHidden);
}

function writeNamedFields(out: PayloadWriter, error: object): void {
  writeHidden(
    out,
    error as Fields,
    (owner, key) => isHidden(owner, key) || (key === 'name' && !Object.hasOwn(owner, key)),
  );
}

function isHidden(error: Fields, key: string): boolean {
  return Object.hasOwn(error, key) && !Object.prototype.propertyIsEnumerable.call(error, key);
}

function writeHidden(
  out: PayloadWriter,
  error: Fields,
  has: (error: Fields, key: string) => boolean,
): void {
  let bits = 0;
  for (const key of hiddenKeys) if (has(error, key)) bits |= bitOf(key);
  out.byte(bits);
  for (const key of hiddenKeys) {
    if ((bits & bitOf(key)) !== 0) writeField(out, error, key);
  }
  writeProperties(out, error);
}

function writeField(out: PayloadWriter, error: Fields, key: string): void {
  try {
    out.value(error[key]);
  } catch (failure) {
    throw out.failed(failure, propertyStep(error, key));
  }
}

function bitOf(key: (typeof hiddenKeys)[number]): number {
  return 1 << hiddenKeys.indexOf(key);
}

export function readError(input: PayloadReader): Error {
  const target = input.takeTarget();
  const Class = errorClasses[input.unsigned()];
  if (Class === undefined) throw malformed('an unknown class of errors');
  const error = bareError(Class, target);
  input.remember(error);
  input.content(error, readFields);
  return error;
}

/** An error made without the cost of a stack that nobody needs. */
function bareError(Class: ErrorConstructor, target?: Function): Error {
  const { stackTraceLimit } = Error;
  Reflect.set(Error, 'stackTraceLimit', 0);
  try {
    const args = (Class as unknown) === AggregateError ? [[]] : [];
    return Reflect.construct(Class, args, target ?? Class);
  } finally {
    Reflect.set(Error, 'stackTraceLimit', stackTraceLimit);
  }
}

function readFields(input: PayloadReader, error: object): void {
  const bits = input.byte();
  for (const key of hiddenKeys) {
    if ((bits & bitOf(key)) !== 0) hide(error, key, input.value());
    // Such as a stack that the original did not have.
    else if (Object.hasOwn(error, key)) Reflect.deleteProperty(error, key);
  }
  readProperties(input, error);
}

function hide(error: object, key: string, value: unknown): void {
  Object.defineProperty(error, key, {
    value,
    writable: true,
    enumerable: false,
    configurable: true,
  });
}

export const isError = (object: object): object is Error =>
  types.isNativeError(object) || object instanceof Error;

export function writeDomException(out: PayloadWriter, error: DOMException): void {
  out.remember(error);
  out.byte(Tag.DOM_EXCEPTION);
  writeString(out, error.message);
  writeString(out, error.name);
  out.content(error, writeDomFields);
}

function writeDomFields(out: PayloadWriter, error: object): void {
  writeHidden(
    out,
    error as Fields,
    (owner, key) => (key === 'stack' || key === 'cause') && isHidden(owner, key),
  );
}

export function readDomException(input: PayloadReader): DOMException {
  const error = new DOMException(readString(input), readString(input));
  input.remember(error);
  input.content(error, readFields);
  return error;
}
