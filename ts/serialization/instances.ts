/** Instances of classes: the class by reference or by value, and what is on the object. */
import { isError, writeErrorByName } from './error-objects.js';
import { currentFunctionCodec, isAccepted, readClass } from './functions.js';
import type { PayloadReader } from './payload-reader.js';
import type { PayloadWriter } from './payload-writer.js';
import { readProperties, writeProperties } from './properties.js';
import { writeHost } from './refusals.js';
import { Tag } from './tags.js';
import { cannotPickle, describeObject } from './trail.js';

/** The class that made an object, which must be the one that makes such objects again. */
export function classOf(object: object): Function {
  const cls = classOrNone(object);
  if (cls !== undefined) return cls;
  throw cannotPickle(object, 'its prototype is not that of a class');
}

function classOrNone(object: object): Function | undefined {
  const prototype: unknown = Object.getPrototypeOf(object);
  const cls: unknown =
    typeof prototype === 'object' && prototype !== null && Object.hasOwn(prototype, 'constructor')
      ? prototype.constructor
      : undefined;
  return typeof cls === 'function' && cls.prototype === prototype ? cls : undefined;
}

export function writeInstance(out: PayloadWriter, object: object): void {
  const cls = classOf(object);
  try {
    currentFunctionCodec()?.checkInstance?.(object, cls, out.context);
  } catch (error) {
    // What cannot be copied may be something that the other side has itself, like process.stdout.
    writeHost(out, object, error);
    return;
  }
  out.byte(Tag.INSTANCE);
  writeClass(out, object, cls);
  // The class, in a static property for instance, may have brought the object along.
  if (out.reference(object)) return;
  out.remember(object);
  out.content(object, writeProperties);
}

function writeClass(out: PayloadWriter, object: object, cls: Function): void {
  try {
    out.inner(cls);
  } catch (error) {
    const label = `class of ${describeObject(object)} object`;
    throw out.failed(error, { label, access: '.constructor' });
  }
}

export function readInstance(input: PayloadReader): unknown {
  const cls = readClass(input);
  if (input.peek() === Tag.REF) return input.value();
  const object: object = Object.create(cls.prototype);
  input.remember(object);
  input.content(object, readProperties);
  return object;
}

/** An object of a subclass of a builtin class, which `write` writes. */
export function writeSubclass<T extends object>(
  out: PayloadWriter,
  object: T,
  write: (out: PayloadWriter, object: T) => void,
): void {
  // An error must arrive even when its class cannot: many are internal to Node, and those that import()
  // throws have a prototype of their own.
  if (isError(object) && !isAccepted(out, classOrNone(object))) {
    writeErrorByName(out, object);
    return;
  }
  const cls = classOf(object);
  currentFunctionCodec()?.checkInstance?.(object, cls, out.context);
  out.byte(Tag.SUBCLASS);
  writeClass(out, object, cls);
  if (!out.reference(object)) write(out, object);
}

export function readSubclass(input: PayloadReader): unknown {
  const cls = readClass(input);
  return input.peek() === Tag.REF ? input.value() : input.withTarget(cls);
}
