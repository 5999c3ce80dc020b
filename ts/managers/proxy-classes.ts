/** The classes of proxies that every process has, or can make: they do not travel with their objects. */
import { BaseProxy, type ProxyClass } from './base-proxy.js';

/** The name of all classes that are made of a list of methods. */
const AUTO_PROXY = 'AutoProxy';

const byName = new Map<string, ProxyClass>();
const names = new Map<Function, string>();
const autoClasses = new Map<string, ProxyClass>();

export function registerProxyClass(name: string, Class: ProxyClass): void {
  byName.set(name, Class);
  names.set(Class, name);
}

/** Undefined: a class of the program's. */
export function nameOfProxyClass(Class: Function): string | undefined {
  return names.get(Class);
}

/** Undefined: none of this package has the name. */
export function proxyClassNamed(
  name: string | undefined,
  typeid: string,
  exposed: readonly string[],
): ProxyClass | undefined {
  if (name === AUTO_PROXY) return autoProxyClass(typeid, exposed);
  return name === undefined ? undefined : byName.get(name);
}

/**
 * A class of proxies with the given methods. With a `next` among them the proxies can be iterated over.
 * @see Python: `multiprocessing.managers.MakeProxyType`
 */
export function autoProxyClass(typeid: string, exposed: readonly string[]): ProxyClass {
  const key = JSON.stringify([typeid, exposed]);
  let Class = autoClasses.get(key);
  if (Class === undefined) {
    Class = makeClass(typeid, exposed);
    autoClasses.set(key, Class);
    names.set(Class, AUTO_PROXY);
  }
  return Class;
}

function makeClass(typeid: string, exposed: readonly string[]): ProxyClass {
  const Class = class extends BaseProxy {
    static readonly exposed = exposed;
  };
  Object.defineProperty(Class, 'name', { value: `${AUTO_PROXY}[${typeid}]` });
  for (const method of exposed) define(Class, method, callerOf(method));
  if (exposed.includes('next')) define(Class, Symbol.asyncIterator, returnSelf);
  return Class;
}

function callerOf(method: string) {
  return function (this: BaseProxy, ...args: unknown[]) {
    return this._callMethod(method, args);
  };
}

function returnSelf(this: BaseProxy) {
  return this;
}

function define(Class: ProxyClass, name: PropertyKey, value: Function): void {
  Object.defineProperty(Class.prototype, name, { value, writable: true, configurable: true });
}
