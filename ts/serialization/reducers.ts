/** Reducers: how objects travel that are more than their class and own properties. */
import { describeReceived, invalidType, validateFunction } from '../validate.js';
import type { PickleContext, UnpickleContext } from './contexts.js';

/** Any class, abstract ones too. */
export type AnyClass<T> = abstract new (...args: never[]) => T;

/**
 * Takes objects of one class apart and puts them together again.
 *
 * For a class that travels by value the functions `rebuild` and `createOpen` travel too, as
 * functions of their own without `this`; where the receiving side has a reducer registered for the
 * class, that one is used.
 */
export interface Reducer<T extends object = object, R = unknown> {
  /**
   * What the object is made of: anything that can be pickled, other objects with reducers included.
   * It may refer to the object itself only where there is a `createOpen`.
   */
  reduce(object: T, context: PickleContext): R;
  /**
   * Makes the object from what `reduce` returned.
   * @param Class - The object's own class, which may be a subclass of the registered one.
   */
  rebuild(reduced: R, context: UnpickleContext, Class: Function): T;
  /**
   * Makes the object before what it is made of is there, when that refers to the object; `fill` is
   * called with it later. `rebuild` is not called then.
   */
  createOpen?(
    context: UnpickleContext,
    Class: Function,
  ): { readonly value: T; fill(reduced: R): void };
}

export interface ReducerOptions {
  /**
   * A name under which the other side has the same reducer, instead of sending the class.
   * @internal
   */
  readonly name?: string;
}

/** A reducer as it was registered. */
export interface Registration {
  readonly Class: Function;
  readonly reducer: Reducer;
  readonly name: string | undefined;
}

const byPrototype = new WeakMap<object, Registration>();
let anyRegistered = false;
const byName = new Map<string, Registration>();
// What was found for each prototype; new with each registration.
let found = new WeakMap<object, Registration>();
let withoutReducer = new WeakSet<object>();

/**
 * Registers how objects of a class, and of its subclasses that have no reducer of their own, travel
 * between processes. Without one an object travels as its class and its own enumerable properties,
 * which is not enough when it has `#private` state or stands for something outside of it.
 *
 * Registering a class again replaces its reducer. Classes that always travel as what they are (Map,
 * Date, Error, typed arrays, plain objects, ...) take none, though subclasses of them do.
 *
 * @param Class - The class, as `instanceof` knows it.
 * @param reducer - `reduce` and `rebuild`, and `createOpen` for objects that refer to themselves.
 * @throws {TypeError} ERR_INVALID_ARG_TYPE when an argument is of a wrong type.
 *
 * @example
 * registerReducer(Account, {
 *   reduce: (account) => account.toJSON(),
 *   rebuild: (fields, context, Class) => new Class(fields),
 * });
 *
 * @see Python: `multiprocessing.reduction.register`, `copyreg.pickle`; differs: subclasses too.
 */
export function registerReducer<T extends object, R>(
  Class: AnyClass<T>,
  reducer: Reducer<T, R>,
  options: ReducerOptions = {},
): void {
  const prototype = validateClass(Class);
  validateReducer(reducer);
  const { name } = options;
  const registration = { Class, reducer: reducer as Reducer, name };
  if (name !== undefined) claimName(name, registration);
  byPrototype.set(prototype, registration);
  anyRegistered = true;
  found = new WeakMap();
  withoutReducer = new WeakSet();
}

function validateClass(Class: unknown): object {
  const prototype: unknown = validateFunction('Class', Class).prototype;
  if (typeof prototype !== 'object' || prototype === null) {
    throw invalidType('Class', 'a class', Class);
  }
  if (carried.has(prototype)) {
    throw Object.assign(
      new TypeError(
        `Expected \`Class\` to be a class that does not travel by itself, received ${describeReceived(Class)}`,
      ),
      { code: 'ERR_INVALID_ARG_TYPE' },
    );
  }
  return prototype;
}

function validateReducer(reducer: unknown): void {
  if (typeof reducer !== 'object' || reducer === null) {
    throw invalidType('reducer', 'an object', reducer);
  }
  const { reduce, rebuild, createOpen } = reducer as Partial<Reducer>;
  validateFunction('reducer.reduce', reduce);
  validateFunction('reducer.rebuild', rebuild);
  if (createOpen !== undefined) {
    validateFunction('reducer.createOpen', createOpen);
  }
}

function claimName(name: string, registration: Registration): void {
  const other = byName.get(name);
  // Several classes may have one reducer, which then tells them apart by what `reduce` returned.
  const isSame = other?.Class === registration.Class || other?.reducer === registration.reducer;
  if (other !== undefined && !isSame) {
    throw new TypeError(`The name '${name}' belongs to another reducer`);
  }
  byName.set(name, registration);
}

const byObject = new WeakMap<object, Registration>();
let anyAssigned = false;

/**
 * Makes one very object travel by the reducer of a class that it is no instance of: a Proxy, a
 * class, an ArrayBuffer over shared memory (with all views of it).
 * @internal
 */
export function assignReducer(object: object, Class: AnyClass<object>): void {
  const registration = byPrototype.get(Class.prototype);
  if (registration === undefined) {
    throw new TypeError(`No reducer is registered for ${Class.name}`);
  }
  byObject.set(object, registration);
  anyAssigned = true;
}

/** The reducer assigned to this very object. */
export function assignedReducer(object: object): Registration | undefined {
  return anyAssigned ? byObject.get(object) : undefined;
}

// Prototypes of the classes that the codec carries itself.
const carried = new WeakSet<object>([Object.prototype, Function.prototype]);

/** Declares that the codec carries objects of this prototype itself. */
export function markCarried(prototype: object): void {
  carried.add(prototype);
}

/** The reducer registered nearest on a chain of prototypes. */
export function findReducer(prototype: object): Registration | undefined {
  if (!anyRegistered || withoutReducer.has(prototype)) return undefined;
  const known = found.get(prototype);
  if (known !== undefined) return known;
  let at: object | null = prototype;
  for (; at !== null; at = Object.getPrototypeOf(at)) {
    const registration = byPrototype.get(at);
    if (registration !== undefined) {
      found.set(prototype, registration);
      return registration;
    }
  }
  withoutReducer.add(prototype);
  return undefined;
}

export function reducerNamed(name: string): Registration | undefined {
  return byName.get(name);
}
