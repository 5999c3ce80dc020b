/**
 * Variables that several functions of a payload share. An environment is a function's scope; the
 * functions are compiled inside it by a direct eval, so that all of them see one variable. In strict
 * code V8 resolves such a variable at once, and it costs next to nothing.
 */
import type { UnpickleContext } from '../contexts.js';
import type { Code } from './code-facts.js';
import { compileAt } from './compile-code.js';
import type { SharedContext } from './heads.js';
import { mainScope } from './main-scope.js';

export interface Environment {
  evaluate(source: string): unknown;
  /** Takes over those values that are there; again when more are. */
  assign(values: Readonly<Record<string, unknown>>): void;
}

const STORE = Symbol('environments of a payload');

interface Store {
  readonly environments: Map<number, Environment>;
  /** Values that were not complete when they were first needed. */
  readonly waiting: Map<Environment, Readonly<Record<string, unknown>>>;
}

function storeOf({ scratch }: UnpickleContext): Store {
  let store = scratch.get(STORE) as Store | undefined;
  if (store === undefined) {
    store = { environments: new Map(), waiting: new Map() };
    scratch.set(STORE, store);
  }
  return store;
}

/** The scope of the main module, where it was imported. */
export function mainEnvironment(): Environment | undefined {
  const evaluate = mainScope()?.evaluate;
  return evaluate && { evaluate, assign() {} };
}

/** The environment of the innermost context; those around it are made first, within `outermost`. */
export function environmentOf(
  [inner, ...around]: readonly SharedContext[],
  code: Code,
  context: UnpickleContext,
  outermost: Environment | undefined,
): Environment | undefined {
  if (inner === undefined) return outermost;
  const { environments } = storeOf(context);
  let found = environments.get(inner.id);
  if (found === undefined) {
    const outer = environmentOf(around, code, context, outermost);
    found = makeEnvironment(inner.names, code, outer);
    environments.set(inner.id, found);
  }
  return found;
}

/** Gives the shared variables their values, now as far as they are decoded and again at the end. */
export function fillEnvironments(
  contexts: readonly SharedContext[],
  slots: readonly unknown[],
  context: UnpickleContext,
): void {
  const { environments, waiting } = storeOf(context);
  for (const { id, slot } of contexts) {
    const environment = environments.get(id)!;
    if (waiting.has(environment)) continue;
    const values = slots[slot] as Record<string, unknown>;
    waiting.set(environment, values);
    environment.assign(values);
  }
}

export function completeEnvironments(context: UnpickleContext): void {
  if (!context.scratch.has(STORE)) return;
  for (const [environment, values] of storeOf(context).waiting) environment.assign(values);
}

/**
 * An assignment to an own variable of each name. The last word of an environment is one function
 * that evaluates and one that assigns, both inside of it. All functions of a file are strict or none,
 * but for those that say so themselves.
 */
function makeEnvironment(
  names: readonly string[],
  code: Code,
  outer: Environment | undefined,
): Environment {
  const body =
    `${code.strict ? '"use strict";' : ''}return[mp$source=>eval(mp$source),` +
    `(mp$name,mp$value)=>{switch(mp$name){${names.map((name) => `case${JSON.stringify(name)}:${name}=mp$value;break;`).join('')}}}]`;
  const make =
    outer === undefined
      ? compileAt(body, names, { file: code.file, line: 0, column: 0, text: '' }, 0)
      : (outer.evaluate(`(function(${names}){${body}})`) as Function);
  const [evaluate, set] = make() as [
    (source: string) => unknown,
    (name: string, value: unknown) => void,
  ];
  return {
    evaluate,
    assign(values) {
      for (const name of names) if (Object.hasOwn(values, name)) set(name, values[name]);
    },
  };
}
