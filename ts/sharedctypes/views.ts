/** Objects that show shared memory: what they have in common, and how they travel. */
import { type AnyClass, type Reducer, registerReducer } from '../serialization/codec.js';
import type { DataType } from './data-type.js';
import { type Place, receivePlace, type SentPlace, sendPlace } from './memory.js';
import { type AnyLock, giveLock, lockMethods, lockOf } from './synchronized.js';

/** What a view shows: enough to make it again. */
export interface Origin {
  readonly type: DataType;
  readonly place: Place;
}

/** The method of this name tells the origin of a view. */
export const ORIGIN = Symbol('origin');

export interface View {
  [ORIGIN](): Origin;
}

export function isView(value: unknown): value is View {
  return typeof value === 'object' && value !== null && ORIGIN in value;
}

/** A view, with this lock if there is one. */
export function show({ type, place }: Origin, lock?: AnyLock | undefined): object {
  const view = type.view(place, lock !== undefined);
  if (lock !== undefined) giveLock(view, lock);
  return view;
}

type SentView = readonly [DataType, SentPlace, AnyLock | undefined];

const reducer: Reducer<View, SentView> = {
  reduce(view, context) {
    const { type, place } = view[ORIGIN]();
    return [type, sendPlace(place, type.size, context), lockOf(view)];
  },
  rebuild([type, sent, lock]) {
    return show({ type, place: receivePlace(sent, type.size) }, lock) as View;
  },
};

/** Objects of this class travel as the memory that they show. */
export function registerView(Class: AnyClass<View>): void {
  registerReducer(Class, reducer, { name: 'SharedView' });
}

const synchronizedClasses = new WeakMap<Function, Function>();

/** The subclass whose objects have a lock. */
export function synchronizedClassOf<C extends Function>(Class: C): C {
  let derived = synchronizedClasses.get(Class);
  if (derived === undefined) {
    derived = deriveClass(Class, `Synchronized${Class.name}`);
    Object.defineProperties(derived.prototype, lockMethods);
    registerView(derived as unknown as AnyClass<View>);
    synchronizedClasses.set(Class, derived);
  }
  return derived as C;
}

export function deriveClass<C extends Function>(Class: C, name: string): C {
  const derived = class extends (Class as unknown as new (...args: unknown[]) => object) {};
  Object.defineProperty(derived, 'name', { value: name });
  return derived as unknown as C;
}
