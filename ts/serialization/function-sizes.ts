/**
 * Says once per function when sending it drags very much along, which nobody notices otherwise: a table
 * that it looks something up in, or the bundle that it is part of.
 */
import type { ReducedFunction } from './function-codec.js';

const MAX_BYTES = 1024 * 1024;
const MAX_FUNCTIONS = 10_000;

/** A function that is being written. */
interface Frame {
  readonly reduced: ReducedFunction;
  readonly start: number;
  /** The slot that is being written; -1 is the code. */
  slot: number;
  slotStart: number;
  /** What the functions in this slot take, which is theirs. */
  inFunctions: number;
}

/** The part of a function, or the part of another one that led to it. */
type Part = Pick<Frame, 'reduced' | 'slot'>;

const warned = new Set<string>();

/** The sizes of the functions in a payload, one payload after the other. */
export class FunctionSizes {
  readonly #frames: Frame[] = [];
  #count = 0;
  /** Of those that are not part of another one. */
  #largest: { description: string; size: number } | undefined;
  #largestPart: { part: Part; from: Part | undefined; size: number } | undefined;

  enter(reduced: ReducedFunction, position: number): void {
    this.#count++;
    this.#push(reduced, -1, position);
  }

  /** The slots of a function come separately. */
  enterSlots(reduced: ReducedFunction, position: number): void {
    this.#push(reduced, 0, position);
  }

  #push(reduced: ReducedFunction, slot: number, position: number): void {
    this.#frames.push({ reduced, start: position, slot, slotStart: position, inFunctions: 0 });
  }

  /** A part is written: the code, and then each slot. */
  next(position: number): void {
    const frame = this.#frames.at(-1)!;
    const size = position - frame.slotStart - frame.inFunctions;
    if (size > (this.#largestPart?.size ?? 0)) this.#notePart(frame, size);
    frame.slot++;
    frame.slotStart = position;
    frame.inFunctions = 0;
  }

  #notePart({ reduced, slot }: Frame, size: number): void {
    const above = this.#frames.at(-2);
    const from = above && { reduced: above.reduced, slot: above.slot };
    this.#largestPart = { part: { reduced, slot }, from, size };
  }

  leave(position: number): void {
    this.next(position);
    const { reduced, start } = this.#frames.pop()!;
    const size = position - start;
    const outer = this.#frames.at(-1);
    if (outer !== undefined) outer.inFunctions += size;
    else if (size > (this.#largest?.size ?? 0))
      this.#largest = { description: reduced.description, size };
  }

  clear(): void {
    if (this.#count === 0) return;
    this.#frames.length = 0;
    this.#count = 0;
    this.#largest = undefined;
    this.#largestPart = undefined;
  }

  warn(): void {
    if (this.#largest === undefined) return;
    const { description, size } = this.#largest;
    if (size <= MAX_BYTES && this.#count <= MAX_FUNCTIONS) return;
    if (warned.has(description)) return;
    warned.add(description);
    const functions = `${this.#count} function${this.#count === 1 ? '' : 's'}`;
    const what = size > MAX_BYTES ? `${inWords(size)} in ${functions}` : functions;
    process.emitWarning(`Pickling ${description} sends ${what}`, {
      code: 'MP_PICKLE_SIZE',
      detail: `The most, ${this.#describeLargest()}. What a function uses travels with it, unless a module of its own exports it.`,
    });
  }

  #describeLargest(): string {
    const { part, from, size } = this.#largestPart!;
    const code = part.slot < 0 ? `the code of ${part.reduced.description}` : nameOf(part);
    const via = part.slot < 0 && from !== undefined ? `, ${nameOf(from)}` : '';
    return `${inWords(size)}, is ${code}${via}`;
  }
}

/** What was put off because it is nested deep comes after the last slot. */
function nameOf({ reduced, slot }: Part): string {
  const { slotNames, description } = reduced;
  return `${slotNames[slot] ?? 'data nested deep in the variables'} of ${description}`;
}

function inWords(bytes: number): string {
  return bytes < MAX_BYTES ? `${bytes} bytes` : `${(bytes / 1024 / 1024).toFixed(1)} MiB`;
}
