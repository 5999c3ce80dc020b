/** What cannot travel, and is recognised as such before it does as something else. */
import { types } from 'node:util';
import { currentFunctionCodec, requireCode } from './functions.js';
import type { PayloadReader } from './payload-reader.js';
import type { PayloadWriter } from './payload-writer.js';
import { malformed } from './reader.js';
import { Tag } from './tags.js';
import { cannotPickle } from './trail.js';

const tests: readonly ((object: unknown) => boolean)[] = [
  types.isProxy,
  types.isModuleNamespaceObject,
  types.isPromise,
  types.isGeneratorObject,
  types.isWeakMap,
  types.isWeakSet,
  types.isMapIterator,
  types.isSetIterator,
  types.isExternal,
  types.isKeyObject,
  types.isCryptoKey,
];

/** Whether the object is more than its class and its properties. */
export function isOpaque(object: object): boolean {
  return isOpaqueWithoutClass(object) || hasBuiltinClass(object);
}

/** The same for an object without prototype. */
export function isOpaqueWithoutClass(object: object): boolean {
  return tests.some((test) => test(object));
}

const verdicts = new WeakMap<object, boolean>();

/** Whether a class of the object is one of V8's or Node's own, with state that nobody can see. */
function hasBuiltinClass(object: object): boolean {
  const prototype: object = Object.getPrototypeOf(object);
  let verdict = verdicts.get(prototype);
  if (verdict === undefined) {
    verdict = chainHasBuiltin(prototype);
    verdicts.set(prototype, verdict);
  }
  return verdict;
}

function chainHasBuiltin(prototype: object): boolean {
  let at: object | null = prototype;
  for (; at !== null; at = Object.getPrototypeOf(at)) {
    if (isRoot(at)) return false;
    const cls: unknown = Object.getOwnPropertyDescriptor(at, 'constructor')?.value;
    if (typeof cls === 'function' && isBuiltinClass(cls)) return true;
  }
  return false;
}

/** `Object.prototype`, of whatever realm. */
export function isRoot(prototype: object): boolean {
  return (
    Object.getPrototypeOf(prototype) === null &&
    Object.hasOwn(prototype, 'isPrototypeOf') &&
    Object.hasOwn(prototype, '__lookupGetter__')
  );
}

export function isNative(fn: Function): boolean {
  return Function.prototype.toString.call(fn).endsWith('{ [native code] }');
}

/** Written in C++, or a global of Node's, which users' globals are not: they are enumerable. */
function isBuiltinClass(cls: Function): boolean {
  if (isNative(cls)) return true;
  const property = Object.getOwnPropertyDescriptor(globalThis, cls.name);
  if (property === undefined || property.enumerable) return false;
  return Reflect.get(globalThis, cls.name) === cls;
}

/** Writes what only the function codec may know a name for; without one, `reason` is the error. */
export function writeHost(out: PayloadWriter, object: object, reason?: unknown): void {
  const head = currentFunctionCodec()?.reduceHost?.(object, out.context);
  if (head === undefined) throw reason ?? cannotPickle(object);
  out.remember(object);
  out.byte(Tag.HOST);
  out.scope(head);
}

export function readHost(input: PayloadReader): unknown {
  const number = input.reserve();
  const head = input.scope();
  requireCode(input, 'a module or an object of the system');
  const codec = currentFunctionCodec();
  if (codec?.rebuildHost === undefined) {
    throw malformed('an object of the system, and nothing is set up for it');
  }
  const object = codec.rebuildHost(head, input.context);
  input.settle(number, object);
  return object;
}
