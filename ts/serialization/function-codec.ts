/**
 * The seam between the codec, which knows values and bytes, and the pickling of functions, which
 * knows code. The codec calls it for each function and class that it meets, once per payload.
 */
import type { PickleContext, UnpickleContext } from './contexts.js';

/** A function taken apart. */
export interface ReducedFunction {
  /** What identifies or describes the code: plain data that does not refer to the function. */
  readonly head: unknown;
  /** Captured values, own properties and the like; these may refer to the function itself. */
  readonly slots: readonly unknown[];
  /** What each slot is, for error messages: `variable 'db'`, `static property 'cache'`. */
  readonly slotNames: readonly string[];
  /** A way out, for the error that says that a slot cannot travel. */
  readonly adviceOn?: ((slot: number) => string | undefined) | undefined;
  /** For error messages: `function handler (/app/main.mjs:74:92)`. */
  readonly description: string;
}

/** A function about to be put together. Exactly one of the two is called. */
export interface FunctionShell {
  /** The ordinary case: all slots are there, complete with all that they hold. */
  create(slots: readonly unknown[]): Function;
  /** Some slot refers to the function: it is needed before its slots are. */
  createOpen(): {
    readonly value: Function;
    fill(slots: readonly unknown[]): void;
  };
}

export interface FunctionCodec {
  /** @throws PicklingError when the function cannot travel, with the reason. */
  reduce(fn: Function, context: PickleContext): ReducedFunction;
  /** @throws PicklingError when the head is none that `reduce` makes. */
  rebuild(head: unknown, context: UnpickleContext): FunctionShell;
  /**
   * Asked before an instance is carried by its class and own properties.
   * @throws PicklingError when that is not all there is to it, such as `#private` state.
   */
  checkInstance?(object: object, cls: Function, context: PickleContext): void;
  /**
   * Asked about an object that cannot travel by itself: a module namespace, a builtin module's
   * object, a native handle. Plain data that names it for `rebuildHost`, or `undefined`.
   */
  reduceHost?(object: object, context: PickleContext): unknown;
  /** The object of that name on this side. */
  rebuildHost?(head: unknown, context: UnpickleContext): object;
  /**
   * Called when the whole payload has been encoded. `again` asks to encode it once more: functions
   * that share variables were found after the first of them had been written. The context is then
   * as new, but for what was learned.
   */
  encoded?(context: PickleContext): 'done' | 'again';
  /** Called when the whole payload has been decoded: all objects are complete. */
  decoded?(context: UnpickleContext): void;
}
