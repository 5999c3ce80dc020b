/** The types that the classes of managers have, each with those of the classes that it extends. */
import type { ProxyClass } from './base-proxy.js';
import type { DescribedType } from './registration.js';

/** A type of a class of managers. */
export interface Registered {
  readonly typeid: string;
  /** The typeid alone: a type of this package, which every server has. */
  readonly description: DescribedType | string;
  /** A class of the program's own; it does not travel to the server. */
  readonly proxyType: ProxyClass | undefined;
}

const registries = new WeakMap<Function, Map<string, Registered>>();

export function addType(Class: Function, type: Registered): void {
  let registry = registries.get(Class);
  if (registry === undefined) {
    registry = new Map();
    registries.set(Class, registry);
  }
  registry.set(type.typeid, type);
}

/** All types of a class; the nearest one counts where a typeid occurs twice. */
export function typesOf(Class: Function): Map<string, Registered> {
  const found = new Map<string, Registered>();
  for (let at: Function | null = Class; at !== null; at = Object.getPrototypeOf(at)) {
    for (const [typeid, type] of registries.get(at) ?? []) {
      if (!found.has(typeid)) found.set(typeid, type);
    }
  }
  return found;
}

/** The program's own classes of proxies, by typeid. */
export function proxyTypesOf(Class: Function): ReadonlyMap<string, ProxyClass> {
  return new Map(
    [...typesOf(Class).values()].flatMap(({ typeid, proxyType }) =>
      proxyType === undefined ? [] : [[typeid, proxyType] as const],
    ),
  );
}
