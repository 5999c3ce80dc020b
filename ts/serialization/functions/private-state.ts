/**
 * Instances are rebuilt from their class and own properties. `#private` members are not among
 * these: an object that has some is refused, rather than rebuilt without them.
 */
import type { PickleContext } from '../contexts.js';
import { nameOf } from './descriptions.js';
import { hasInspector, privateNamesOf } from './inspector-session.js';
import { payloadState } from './payload-state.js';
import { refuse } from './refusals.js';

const mentions = new WeakMap<Function, boolean>();

/** Whether the class or one above it could give its instances private members. */
function mentionsPrivate(cls: Function): boolean {
  let found = mentions.get(cls);
  if (found === undefined) {
    const above = Object.getPrototypeOf(cls);
    const text = Function.prototype.toString.call(cls);
    found =
      /#[\p{ID_Start}$_]/u.test(text) || (typeof above === 'function' && mentionsPrivate(above));
    mentions.set(cls, found);
  }
  return found;
}

export function checkInstance(object: object, cls: Function, context: PickleContext): void {
  if (mentionsPrivate(cls)) refusePrivate(object, cls);
  noteArrows(object, context);
}

function refusePrivate(object: object, cls: Function): void {
  const names = hasInspector() ? privateNamesOf(object) : ['#…'];
  if (names.length === 0) return;
  throw refuse(
    `${nameOf(cls) || 'anonymous class'} object`,
    `it has private state (${names.join(', ')}), which only its class can read: use registerReducer`,
  );
}

/** An arrow function among the properties of an instance has that instance as its `this`. */
function noteArrows(object: object, context: PickleContext): void {
  for (const value of Object.values(object)) {
    if (typeof value === 'function' && !Object.hasOwn(value, 'prototype'))
      payloadState(context).owners.set(value, object);
  }
}
