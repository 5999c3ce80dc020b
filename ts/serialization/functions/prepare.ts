/**
 * What only import() can tell: which functions are exports of modules with top-level await. To be
 * awaited before a payload is encoded for a process that is being started, and may import the same
 * modules before it decodes.
 */
import { types } from 'node:util';
import { PicklingError } from '../../errors.js';
import type { PickleContext } from '../contexts.js';
import { importHere, isImported } from './module-loading.js';
import { payloadState, stateIn } from './payload-state.js';
import { reduceFunction } from './reduce-function.js';

/** A module in top-level await answers when that is over, which may be after us. */
const PATIENCE_MS = 500;

/**
 * Imports, here, the modules whose exports cannot be seen otherwise. One that does not answer is
 * done without: its functions travel by value.
 * @returns URLs for `importModules` in the process that is to decode the value.
 */
export async function prepareFunctions(value: unknown): Promise<string[]> {
  const urls = [...modulesToAsk(value)];
  await settledOrLate(Promise.allSettled(urls.map(importHere)));
  return urls.filter(isImported);
}

async function settledOrLate(work: Promise<unknown>): Promise<void> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise((resolve) => {
    timer = setTimeout(resolve, PATIENCE_MS);
  });
  await Promise.race([work, late]);
  clearTimeout(timer);
}

/** Whether an encoding has met modules that only import() can look into. */
export function needsPreparation(scratch: Map<unknown, unknown>): boolean {
  const state = stateIn(scratch);
  return state !== undefined && state.policy.questions.size > 0;
}

/** Takes all functions apart, without sending anything. */
function modulesToAsk(value: unknown): ReadonlySet<string> {
  const context: PickleContext = {
    purpose: 'spawn',
    handles: [],
    scratch: new Map(),
  };
  const seen = new Set<object>();
  const left: object[] = isObject(value) ? [value] : [];
  while (left.length > 0) {
    const next = left.pop()!;
    if (seen.has(next) || types.isProxy(next)) continue;
    seen.add(next);
    for (const part of partsOf(next, context)) if (isObject(part)) left.push(part);
  }
  return payloadState(context).policy.questions;
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
