/**
 * Instances are rebuilt from their class and own properties. What a class hides (`#private` members,
 * or the inside of a class of Node) is not among these: an object that has some is refused, rather
 * than rebuilt without it.
 */
import { EventEmitter } from 'node:events';
import { types } from 'node:util';
import type { PickleContext } from '../contexts.js';
import { builtinPath } from './builtins.js';
import { nameOf } from './descriptions.js';
import { hasInspector, privateNamesOf, viewFunction } from './inspector-session.js';
import { payloadState } from './payload-state.js';
import { refuse } from './refusals.js';
import { scriptUrl } from './script-urls.js';
import { complaintAbout } from './source-probe.js';

/** Classes of Node whose objects are their properties, or that the codec carries itself. */
const OPEN = new Set<Function>([EventEmitter, URL, URLSearchParams, DOMException, Buffer]);

interface ClassFacts {
  /** Texts of the user's classes in which a private name occurs. */
  readonly texts: readonly string[];
  /** Private methods leave no trace on an object. */
  readonly privateMethods: readonly string[];
  readonly ofNode: string | undefined;
}

const known = new WeakMap<Function, ClassFacts>();

export function checkInstance(object: object, cls: Function, context: PickleContext): void {
  const facts = factsOfClass(cls);
  const { ofNode, privateMethods, texts } = facts;
  if (ofNode !== undefined && !types.isNativeError(object))
    throw refuseObject(cls, `${ofNode} is a class of Node that hides its state`);
  if (texts.length > 0) refusePrivate(object, cls, texts, privateMethods);
  noteArrows(object, context);
}

function factsOfClass(cls: Function): ClassFacts {
  let facts = known.get(cls);
  if (facts === undefined) {
    facts = findFacts(cls);
    known.set(cls, facts);
  }
  return facts;
}

function findFacts(cls: Function): ClassFacts {
  const text = Function.prototype.toString.call(cls);
  const above: unknown = Object.getPrototypeOf(cls);
  const isRoot = text.endsWith('{ [native code] }') || OPEN.has(cls);
  const ofNode = !isRoot && isOfNode(cls) ? nameOf(cls) : undefined;
  if (isRoot || ofNode !== undefined) return { texts: [], privateMethods: [], ofNode };
  const inherited =
    typeof above === 'function' && above !== Function.prototype ? factsOfClass(above) : undefined;
  const own = /#[\p{ID_Start}$_]/u.test(text) ? [text] : [];
  return {
    texts: [...own, ...(inherited?.texts ?? [])],
    privateMethods: [...own.flatMap(privateMethodsIn), ...(inherited?.privateMethods ?? [])],
    ofNode: inherited?.ofNode ?? parentOfNode(cls),
  };
}

/** `util.inherits` leaves no trace on the constructor, only on its prototype. */
function parentOfNode(cls: Function): string | undefined {
  const above = Object.getPrototypeOf(cls.prototype);
  const parent: unknown = above && Object.getOwnPropertyDescriptor(above, 'constructor')?.value;
  return typeof parent === 'function' ? factsOfClass(parent).ofNode : undefined;
}

function isOfNode(cls: Function): boolean {
  if (!hasInspector()) return builtinPath(cls) !== undefined;
  const { location } = viewFunction(cls);
  return location !== undefined && scriptUrl(location.scriptId).startsWith('node:');
}

/** Non-static private methods that the class itself declares. */
function privateMethodsIn(text: string): string[] {
  const found = text.matchAll(/(?<![.\w$])#([\p{ID_Start}$_][\p{ID_Continue}$]*)\s*\(/gu);
  return [...found].flatMap(([, name, ...rest]) => {
    const at = rest.at(-2) as unknown as number;
    return isPrivateMethod(text, name!, at) ? [`#${name}`] : [];
  });
}

function isPrivateMethod(text: string, name: string, at: number): boolean {
  if (/\bstatic\s+(?:async\b\s*)?\*?\s*$/.test(text.slice(0, at))) return false;
  // In a string or comment anything may stand.
  const garbage = `${text.slice(0, at)}#{${text.slice(at)}`;
  if (complaintAbout(`(${garbage})`) === undefined) return false;
  // A class inside of this one may have declared it instead.
  const end = text.lastIndexOf('}');
  const used = `${text.slice(0, end)};static{(o)=>o.#${name}}}`;
  return complaintAbout(`(${used})`) === undefined;
}

function refusePrivate(
  object: object,
  cls: Function,
  texts: readonly string[],
  methods: readonly string[],
): void {
  const fields = hasInspector() ? privateNamesOf(object) : [];
  const names = [...new Set([...fields, ...methods])].filter((name) =>
    texts.some((text) => text.includes(name)),
  );
  if (names.length > 0)
    throw refuseObject(
      cls,
      `it has private state (${names.join(', ')}), which only its class can read`,
    );
}

function refuseObject(cls: Function, reason: string) {
  return refuse(
    `${nameOf(cls) || '(anonymous class)'} object`,
    reason,
    'tell how it travels with registerReducer',
  );
}

/** An arrow function among the properties of an instance has that instance as its `this`. */
function noteArrows(object: object, context: PickleContext): void {
  for (const value of Object.values(object)) {
    if (typeof value === 'function' && !Object.hasOwn(value, 'prototype'))
      payloadState(context).owners.set(value, object);
  }
}
