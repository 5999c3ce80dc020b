/**
 * What only import() can tell: which functions are exports of modules with top-level await. To be
 * awaited before a payload is encoded for a process that is being started, and may import the same
 * modules before it decodes.
 */
import { setTimeout } from 'node:timers/promises';
import { types } from 'node:util';
import { PicklingError } from '../../errors.js';
import { type PickleContext, undoAll } from '../contexts.js';
import { importHere, isImported } from './module-loading.js';
import { payloadState, setAsked, stateIn } from './payload-state.js';
import { reduceFunction } from './reduce-function.js';

/** A module in top-level await answers when that is over, which may be after us. */
const PATIENCE_MS = 500;

/**
 * Imports, here, the modules whose exports cannot be seen otherwise. One that does not answer is
 * done without: its functions travel by value.
 * @param asked - Takes all these modules, for `expectPreparation`.
 * @returns URLs for `importModules` in the process that is to decode the value.
 */
export async function prepareFunctions(
  value: unknown,
  asked: Set<string> = new Set(),
): Promise<string[]> {
  const patience = new AbortController();
  const late = setTimeout(PATIENCE_MS, undefined, { signal: patience.signal }).catch(() => {});
  for (let left = modulesToAsk(value, asked); left.length > 0; left = modulesToAsk(value, asked)) {
    for (const url of left) asked.add(url);
    await Promise.race([Promise.allSettled(left.map(importHere)), late]);
  }
  patience.abort();
  return [...asked].filter(isImported);
}

/**
 * Says of an encoding that it will be repeated as long as `needsPreparation`: it need not be right before.
 * @param asked - The modules that `prepareFunctions` has asked.
 */
export function expectPreparation(
  scratch: Map<unknown, unknown>,
  asked: ReadonlySet<string>,
): void {
  setAsked(scratch, asked);
}

/** Whether an encoding has met modules that only import() can look into. */
export function needsPreparation(scratch: Map<unknown, unknown>): boolean {
  const { questions, asked } = stateIn(scratch)?.policy ?? {};
  return questions !== undefined && [...questions].some((url) => !asked?.has(url));
}

/** Takes all functions apart, without sending anything. */
function modulesToAsk(value: unknown, asked: ReadonlySet<string>): string[] {
  const context: PickleContext = { purpose: 'spawn', handles: [], scratch: new Map(), undo: [] };
  setAsked(context.scratch, asked);
  const seen = new Set<object>();
  const left: object[] = isObject(value) ? [value] : [];
  while (left.length > 0) {
    const next = left.pop()!;
    if (seen.has(next) || types.isProxy(next)) continue;
    seen.add(next);
    for (const part of partsOf(next, context)) if (isObject(part)) left.push(part);
  }
  undoAll(context.undo);
  return [...payloadState(context).policy.questions].filter((url) => !asked.has(url));
}

function isObject(value: unknown): value is object {
  return typeof value === 'function' || (typeof value === 'object' && value !== null);
}

function partsOf(value: object, context: PickleContext): Iterable<unknown> {
  if (typeof value === 'function') return slotsOf(value, context);
  if (types.isMap(value)) return [...value].flat();
  if (types.isSet(value)) return value;
  if (ArrayBuffer.isView(value)) return [];
  const prototype = Object.getPrototypeOf(value);
  const made = prototype === Object.prototype ? [] : [prototype?.constructor];
  return [...made, ...dataOf(value)];
}

/** No getter runs for what is only a look ahead. */
function dataOf(value: object): unknown[] {
  return Reflect.ownKeys(value).map((key) => Object.getOwnPropertyDescriptor(value, key)!.value);
}

function slotsOf(fn: Function, context: PickleContext): readonly unknown[] {
  try {
    return reduceFunction(fn, context).slots;
  } catch (error) {
    // Encoding will say so, with the way to it.
    if (error instanceof PicklingError) return [];
    throw error;
  }
}
