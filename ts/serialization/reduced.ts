/** Objects that travel by a reducer. */
import type { UnpickleContext } from './contexts.js';
import { readClass } from './functions.js';
import { type PayloadReader, Pending } from './payload-reader.js';
import type { PayloadWriter } from './payload-writer.js';
import { malformed } from './reader.js';
import { findReducer, type Reducer, type Registration, reducerNamed } from './reducers.js';
import { readString, writeString } from './strings.js';
import { Tag } from './tags.js';
import { describeObject, namedStep } from './trail.js';

type Rebuilder = Pick<Reducer, 'rebuild' | 'createOpen'>;

export function writeReducedObject(
  out: PayloadWriter,
  object: object,
  registration: Registration,
  cls: Function,
): void {
  const { name, reducer } = registration;
  if (name === undefined) writeByClass(out, cls, reducer);
  else writeByName(out, cls, registration, name);
  // The class, in a static property for instance, may have brought the object along.
  if (out.reference(object)) return;
  out.remember(object);
  const reduced = reducer.reduce(object, out.context);
  if (reducer.createOpen !== undefined) writeForm(out, object, reduced);
  else out.whileUnbuilt(object, () => writeForm(out, object, reduced));
}

function writeByName(
  out: PayloadWriter,
  cls: Function,
  registration: Registration,
  name: string,
): void {
  out.byte(Tag.REDUCED_BY_NAME);
  writeString(out, name);
  out.inner(cls === registration.Class ? undefined : cls);
}

function writeByClass(out: PayloadWriter, cls: Function, reducer: Reducer): void {
  out.byte(Tag.REDUCED);
  out.inner(cls);
  writeRebuilder(out, cls, 'rebuild', reducer.rebuild);
  writeRebuilder(out, cls, 'createOpen', reducer.createOpen);
}

function writeRebuilder(
  out: PayloadWriter,
  cls: Function,
  part: string,
  fn: Function | undefined,
): void {
  try {
    out.inner(fn);
  } catch (error) {
    throw out.failed(error, namedStep(`${part} of the reducer of ${cls.name}`));
  }
}

function writeForm(out: PayloadWriter, object: object, form: unknown): void {
  try {
    if (isKnown(out, form)) out.byte(Tag.KNOWN_FORM);
    out.scope(form);
  } catch (error) {
    const label = `reduced form of ${describeObject(object)} object`;
    throw out.failed(error, { label, access: '.<reduced>' });
  }
}

function isKnown(out: PayloadWriter, form: unknown): boolean {
  const hasIdentity = typeof form === 'object' || typeof form === 'function';
  return hasIdentity && form !== null && out.knows(form);
}

/** An object whose reduced form is being read. */
class PendingObject extends Pending {
  readonly #rebuilder: Rebuilder;
  readonly #context: UnpickleContext;
  readonly #cls: Function;
  #open: { readonly value: object; fill(reduced: unknown): void } | undefined;

  constructor(rebuilder: Rebuilder, context: UnpickleContext, cls: Function) {
    super();
    this.#rebuilder = rebuilder;
    this.#context = context;
    this.#cls = cls;
  }

  override open(): unknown {
    const { createOpen } = this.#rebuilder;
    if (createOpen === undefined) {
      throw malformed('a reduced form refers to the object made from it');
    }
    this.#open ??= createOpen(this.#context, this.#cls);
    return this.#open.value;
  }

  finish(reduced: unknown): unknown {
    if (this.#open === undefined) {
      const { rebuild } = this.#rebuilder;
      return rebuild(reduced, this.#context, this.#cls);
    }
    this.#open.fill(reduced);
    return this.#open.value;
  }
}

export function readReducedByName(input: PayloadReader): unknown {
  const name = readString(input);
  const registration = reducerNamed(name);
  if (registration === undefined) {
    throw malformed(`no reducer named '${name}' is registered here`);
  }
  const { Class, reducer } = registration;
  let cls = Class;
  if (input.peek() === Tag.UNDEFINED) input.skip(1);
  else cls = readClass(input);
  return readForm(input, reducer, cls);
}

export function readReduced(input: PayloadReader): unknown {
  const cls = readClass(input);
  const rebuild = input.inner();
  const createOpen = input.inner();
  const own = findReducer(cls.prototype)?.reducer;
  if (own !== undefined) return readForm(input, own, cls);
  if (typeof rebuild !== 'function') throw malformed('expected a function');
  if (createOpen !== undefined && typeof createOpen !== 'function') {
    throw malformed('expected a function');
  }
  return readForm(input, { rebuild, createOpen } as Rebuilder, cls);
}

function readForm(input: PayloadReader, rebuilder: Rebuilder, cls: Function): unknown {
  if (input.peek() === Tag.REF) return input.value();
  if (input.peek() === Tag.KNOWN_FORM) input.skip(1);
  const number = input.reserve();
  const pending = new PendingObject(rebuilder, input.context, cls);
  input.settle(number, pending);
  const object = pending.finish(input.scope());
  input.settle(number, object);
  return object;
}
