/** Chooses how an object is written that is neither a plain one nor an array. */

import { classOf, writeInstance, writeSubclass } from './instances.js';
import { type Kind, kindOfObject, kindOfPrototype, writeWithExtras } from './kinds.js';
import type { PayloadWriter } from './payload-writer.js';
import { writeProperties } from './properties.js';
import { writeReducedObject } from './reduced.js';
import { assignedReducer, findReducer } from './reducers.js';
import { isNative, isOpaque, isOpaqueWithoutClass, isRoot, writeHost } from './refusals.js';
import { Tag } from './tags.js';
import { cannotPickle } from './trail.js';

export function writeOther(out: PayloadWriter, object: object): void {
  const prototype: object | null = Object.getPrototypeOf(object);
  const kind = prototype === null ? undefined : kindOfPrototype(prototype);
  const assigned = assignedReducer(object);
  if (assigned) writeReducedObject(out, object, assigned, assigned.Class);
  else if (prototype === null) writeNullObject(out, object);
  else if (kind?.matches(object)) writeKind(out, object, kind);
  else writeReducible(out, object, prototype);
}

function writeReducible(out: PayloadWriter, object: object, prototype: object): void {
  const registration = findReducer(prototype);
  if (registration === undefined) writeByNature(out, object, prototype);
  else writeReducedObject(out, object, registration, classOf(object));
}

/** Writes a Proxy, of which nothing can be known. */
export function writeProxy(out: PayloadWriter, proxy: object): void {
  const assigned = assignedReducer(proxy);
  if (assigned === undefined) writeHost(out, proxy);
  else writeReducedObject(out, proxy, assigned, assigned.Class);
}

function writeByNature(out: PayloadWriter, object: object, prototype: object): void {
  const kind = kindOfObject(object);
  if (kind !== undefined) writeVariant(out, object, prototype, kind);
  else if (isRoot(prototype)) writePlain(out, object);
  // Without a class it is an iterator or the like: nothing makes another one.
  else if (isOpaque(object) || !hasClass(prototype)) writeHost(out, object);
  else writeInstance(out, object);
}

/** A builtin object of another realm, or of a subclass. */
function writeVariant(out: PayloadWriter, object: object, prototype: object, kind: Kind): void {
  if (isOfOtherRealm(prototype)) {
    writeKind(out, object, kind);
    return;
  }
  writeWithExtras(out, object, kind, (_out, self) => writeSubclass(out, self, kind.write as never));
}

function hasClass(prototype: object): boolean {
  return Object.hasOwn(prototype, 'constructor');
}

function isOfOtherRealm(prototype: object): boolean {
  const cls: unknown = Object.getOwnPropertyDescriptor(prototype, 'constructor')?.value;
  return typeof cls === 'function' && isNative(cls);
}

function writeKind(out: PayloadWriter, object: object, kind: Kind): void {
  writeWithExtras(out, object, kind, kind.write as never);
}

function writeNullObject(out: PayloadWriter, object: object): void {
  // A module namespace has no prototype either.
  if (isOpaqueWithoutClass(object)) {
    writeHost(out, object);
    return;
  }
  if (kindOfObject(object) !== undefined) {
    throw cannotPickle(object, 'it has lost its prototype');
  }
  out.remember(object);
  out.byte(Tag.NULL_OBJECT);
  out.content(object, writeProperties);
}

/** Writes a plain object. */
export function writePlain(out: PayloadWriter, object: object): void {
  out.remember(object);
  if (out.enter()) {
    writeProperties(out, object);
    out.leave();
  } else {
    out.byte(Tag.OBJECT);
    out.later(object, writeProperties);
  }
}
