/** Functions and classes, taken apart and put together by the function codec. */
import { PicklingError } from '../errors.js';
import type { FunctionCodec, FunctionShell, ReducedFunction } from './function-codec.js';
import type { FunctionSizes } from './function-sizes.js';
import { type PayloadReader, Pending } from './payload-reader.js';
import type { PayloadWriter } from './payload-writer.js';
import { malformed } from './reader.js';
import { Tag } from './tags.js';
import { namedStep } from './trail.js';

let codec: FunctionCodec | undefined;

/** Sets what functions and classes go through; without one they cannot travel. */
export function setFunctionCodec(functionCodec: FunctionCodec): void {
  codec = functionCodec;
}

export function currentFunctionCodec(): FunctionCodec | undefined {
  return codec;
}

/** Whether the codec accepts the function; what it captures may still be unable to travel. */
export function isAccepted(out: PayloadWriter, fn: Function | undefined): boolean {
  if (codec === undefined || fn === undefined) return false;
  if (out.prepared?.has(fn) || out.knows(fn)) return true;
  try {
    out.prepared ??= new Map();
    out.prepared.set(fn, codec.reduce(fn, out.context));
    return true;
  } catch (error) {
    if (error instanceof PicklingError) return false;
    throw error;
  }
}

export function writeFunction(out: PayloadWriter, fn: Function): void {
  if (out.reference(fn)) return;
  if (codec === undefined) {
    const name = fn.name || '(anonymous)';
    throw new PicklingError(`cannot pickle function ${name}`);
  }
  const reduced = out.prepared?.get(fn) ?? codec.reduce(fn, out.context);
  writeReduced(out, fn, reduced);
}

function writeReduced(out: PayloadWriter, fn: Function, reduced: ReducedFunction): void {
  const { sizes } = out;
  sizes.enter(reduced, out.position);
  out.remember(fn);
  out.byte(Tag.FUNCTION);
  out.scope(reduced.head);
  out.unsigned(reduced.slots.length);
  sizes.next(out.position);
  const write = () => out.scopeOf(reduced.slots, () => writeSlots(out, reduced, sizes));
  if (out.isDeep && reduced.slots.length > 0) {
    out.atEnd(() => {
      sizes.enterSlots(reduced, out.position);
      write();
      sizes.leave(out.position);
    });
  } else {
    write();
  }
  sizes.leave(out.position);
}

function writeSlots(out: PayloadWriter, reduced: ReducedFunction, sizes: FunctionSizes): void {
  let i = 0;
  try {
    for (; i < reduced.slots.length; i++) {
      out.inner(reduced.slots[i]);
      sizes.next(out.position);
    }
  } catch (error) {
    out.failed(error, namedStep(reduced.slotNames[i] ?? `slot ${i}`, reduced.adviceOn?.(i)));
    throw out.failed(error, { label: reduced.description, access: '' });
  }
}

/** A function whose slots are being read; a slot that refers to it makes it at once. */
class PendingFunction extends Pending {
  readonly #shell: FunctionShell;
  #open: ReturnType<FunctionShell['createOpen']> | undefined;

  constructor(shell: FunctionShell) {
    super();
    this.#shell = shell;
  }

  override open(): Function {
    this.#open ??= this.#shell.createOpen();
    return this.#open.value;
  }

  finish(slots: readonly unknown[]): Function {
    if (this.#open === undefined) return this.#shell.create(slots);
    this.#open.fill(slots);
    return this.#open.value;
  }
}

export function readFunction(input: PayloadReader): Function {
  const number = input.reserve();
  const head = input.scope();
  requireCode(input, 'a function or class');
  if (codec === undefined) {
    throw malformed('a function, and nothing is set up to rebuild functions');
  }
  const pending = new PendingFunction(codec.rebuild(head, input.context));
  input.settle(number, pending);
  const count = input.count(1);
  const finish = () => pending.finish(readSlots(input, count));
  const late = count > 0 && input.atEnd(finish);
  const fn: unknown = late ? pending.open() : finish();
  if (typeof fn !== 'function') throw malformed('expected a function');
  input.settle(number, fn);
  return fn;
}

function readSlots(input: PayloadReader, count: number): unknown[] {
  return input.scopeOf(() => {
    const slots: unknown[] = [];
    for (let left = count; left > 0; left--) slots.push(input.inner());
    return slots;
  });
}

/** @throws PicklingError when the receiver takes nothing that brings code, or names it. */
export function requireCode(input: PayloadReader, what: string): void {
  if (!input.refusesCode) return;
  throw new PicklingError(
    `cannot unpickle ${what}: this connection was made with \`functions: false\``,
  );
}

/** Reads a class: a function with a prototype for instances. */
export function readClass(input: PayloadReader): Function {
  const cls = input.inner();
  const prototype = typeof cls === 'function' ? cls.prototype : undefined;
  if (typeof prototype !== 'object' || prototype === null) {
    throw malformed('expected a class');
  }
  return cls as Function;
}
