import { inspect } from 'node:util';
import type { Callable, DescribedType } from '../registration.js';

/** A type as the server knows it. */
export class ManagedType {
  readonly #description: DescribedType;

  constructor(description: DescribedType) {
    this.#description = description;
  }

  get typeid(): string {
    return this.#description.typeid;
  }

  get proxy(): string | undefined {
    return this.#description.proxy;
  }

  /** The typeid of what the method returns, when that stays here. */
  resultOf(method: string): string | undefined {
    const { methodToTypeid } = this.#description;
    return Object.hasOwn(methodToTypeid, method) ? methodToTypeid[method] : undefined;
  }

  /** Makes an object; without a callable it is the argument. */
  create(args: unknown[]): unknown {
    const { callable, typeid } = this.#description;
    if (callable !== undefined) {
      return isClass(callable) ? Reflect.construct(callable, args) : callable(...args);
    }
    if (args.length === 1) return args[0];
    throw new TypeError(
      `Expected one argument, the object itself, since '${typeid}' is registered without a callable; ` +
        `received ${args.length}`,
    );
  }

  exposedOf(object: unknown): readonly string[] {
    return this.#description.exposed ?? publicMethods(object);
  }

  /** Whether there is something to be done when nobody refers to the object any more. */
  needsDisposal(object: unknown): boolean {
    const { [Symbol.asyncDispose]: later, [Symbol.dispose]: now } = Object(object);
    return typeof now === 'function' || typeof later === 'function';
  }

  /** Nobody refers to the object any more. */
  dispose(object: unknown): void {
    const { [Symbol.asyncDispose]: later, [Symbol.dispose]: now } = Object(object);
    try {
      if (typeof now === 'function') now.call(object);
      else if (typeof later === 'function') Promise.resolve(later.call(object)).catch(warn);
    } catch (error) {
      warn(error);
    }
  }
}

function warn(error: unknown): void {
  process.emitWarning(`Disposing of a managed object failed: ${inspect(error)}`, {
    code: 'MP_MANAGED_DISPOSE',
  });
}

function isClass(callable: Callable): boolean {
  const text = Function.prototype.toString.call(callable);
  const isBuiltin = text.endsWith('{ [native code] }') && Object.hasOwn(callable, 'prototype');
  return isBuiltin || /^class\b/.test(text);
}

/**
 * The methods of an object that anybody may call: not `constructor`, none that begins with `_`, and not `then`, for
 * which `await` would take the proxy for a promise.
 */
function publicMethods(object: unknown): string[] {
  const names = new Set<string>();
  for (
    let at = object;
    at !== null && at !== undefined && at !== Object.prototype && at !== Function.prototype;
    at = Object.getPrototypeOf(at)
  ) {
    for (const name of Object.getOwnPropertyNames(at)) {
      if (isPublic(name) && isMethod(at, name)) names.add(name);
    }
  }
  return [...names];
}

function isPublic(name: string): boolean {
  return name !== 'constructor' && name !== 'then' && !name.startsWith('_');
}

// Not the value: a getter would run.
function isMethod(owner: object, name: string): boolean {
  return typeof Object.getOwnPropertyDescriptor(owner, name)?.value === 'function';
}
