/**
 * What hangs on a function besides its code: data on a function or class, members added to a
 * prototype from outside, the chain of old-style constructors. Members that come with the source
 * of a class are not enumerable, and are there again once it has been evaluated.
 */
import type { PropertyHead } from './heads.js';
import { refuse } from './refusals.js';
import type { SlotList } from './slot-list.js';

const OWN = new Set<string | symbol>(['length', 'name', 'prototype', 'arguments', 'caller']);

export function collectProperties(
  fn: Function,
  isClass: boolean,
  description: string,
  list: SlotList,
): PropertyHead[] {
  const on = isClass ? 'static property' : 'property';
  const heads = propertiesOf(fn, 'function', on, description, list);
  const prototype = prototypeOf(fn);
  if (prototype === undefined) return heads;
  const more = propertiesOf(prototype, 'prototype', 'prototype property', description, list);
  return [...heads, ...more];
}

function propertiesOf(
  owner: object,
  on: PropertyHead['on'],
  what: string,
  description: string,
  list: SlotList,
): PropertyHead[] {
  const heads: PropertyHead[] = [];
  for (const key of Reflect.ownKeys(owner)) {
    const property = Object.getOwnPropertyDescriptor(owner, key)!;
    if (!travels(on, key, property)) continue;
    const label = typeof key === 'symbol' ? String(key) : `'${key}'`;
    if (property.get !== undefined || property.set !== undefined)
      throw refuse(description, `its ${what} ${label} is an accessor`);
    const isSymbol = typeof key === 'symbol';
    heads.push({
      on,
      key: isSymbol ? null : key,
      keySlot: isSymbol ? list.add(key, `key of ${what} ${label}`) : -1,
      slot: list.add(property.value, `${what} ${label}`),
      enumerable: property.enumerable === true,
    });
  }
  return heads;
}

function travels(
  on: PropertyHead['on'],
  key: string | symbol,
  property: PropertyDescriptor,
): boolean {
  if (on === 'function' && OWN.has(key)) return false;
  if (on === 'prototype' && key === 'constructor') return false;
  return property.enumerable === true;
}

/** The prototype object of a constructor; generators have one that means nothing. */
function prototypeOf(fn: Function): object | undefined {
  const value = Object.getOwnPropertyDescriptor(fn, 'prototype')?.value;
  return typeof value === 'object' && value !== null ? value : undefined;
}

/** The constructor that an old-style class inherits from, as `util.inherits` leaves it. */
export function parentConstructor(fn: Function): Function | undefined {
  const prototype = prototypeOf(fn);
  const above = prototype && Object.getPrototypeOf(prototype);
  // Object.prototype, of whichever realm, is what every constructor inherits from.
  if (!above || Object.getPrototypeOf(above) === null) return undefined;
  const found = Object.getOwnPropertyDescriptor(above, 'constructor')?.value;
  return typeof found === 'function' && found.prototype === above ? found : undefined;
}
