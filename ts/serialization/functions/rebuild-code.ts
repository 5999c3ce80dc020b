/** The parts of a function by value: its parameters, its environment, what hangs on it. */
import type { UnpickleContext } from '../contexts.js';
import type { Code } from './code-facts.js';
import { ARGUMENTS, evaluateIn, factoryFor, openFactoryFor } from './compile-code.js';
import {
  type Environment,
  environmentOf,
  fillEnvironments,
  mainEnvironment,
} from './environments.js';
import type { CodeHead, Reference } from './heads.js';
import { isMainModule } from './main-module.js';
import { resolveReference } from './references.js';
import { unusedWord } from './source-probe.js';

interface CodeParts {
  create(slots: readonly unknown[]): Function;
  createOpen(): {
    readonly value: Function;
    fill(slots: readonly unknown[]): void;
  };
  /** Own properties and prototypes. */
  complete(fn: Function, slots: readonly unknown[]): void;
}

/** Stands for a parent class that is not there yet; `super()` looks its real one up each time. */
class Unfinished {}

interface Parameter {
  readonly name: string;
  readonly from: number | Reference;
}

export function partsOf(head: CodeHead, code: Code, context: UnpickleContext): CodeParts {
  const parameters = parametersOf(head, code);
  const names = parameters.map(({ name }) => name);
  const environment = environmentFor(head, code, context);
  const valuesOf = (slots: readonly unknown[]) =>
    parameters.map(({ from }) => (typeof from === 'number' ? slots[from] : resolveReference(from)));
  const selfOf = (slots: readonly unknown[]) => slots[head.self];
  return {
    create(slots) {
      if (environment === undefined) return factoryFor(code, names)(selfOf(slots), valuesOf(slots));
      fillEnvironments(head.shared, slots, context);
      const values = valuesOf(slots);
      return evaluateIn(environment, code, names, selfOf(slots), values).value;
    },
    createOpen() {
      const open = withoutThis(code);
      const openNames = open.self === undefined ? names : [...names, open.self];
      const values = placeholders(head, openNames);
      const { value, set } =
        environment === undefined
          ? openFactoryFor(open.code, openNames)(undefined, values)
          : evaluateIn(environment, open.code, openNames, undefined, values);
      return {
        value,
        fill(slots) {
          fillEnvironments(head.shared, slots, context);
          set([...valuesOf(slots), selfOf(slots)]);
          if (head.heritage !== null) setParentClass(value, slots[head.heritage.slot] as Function);
        },
      };
    },
    complete: (fn, slots) => complete(fn, head, slots),
  };
}

/** Variables of the main module are there where it was imported, and stay the same variables. */
function environmentFor(
  head: CodeHead,
  code: Code,
  context: UnpickleContext,
): Environment | undefined {
  if (head.shared.length === 0 && !head.variables.includes('main')) return undefined;
  const main = isMainModule(code.file) ? mainEnvironment() : undefined;
  return environmentOf(head.shared, code, context, main);
}

function parametersOf(head: CodeHead, code: Code): Parameter[] {
  const parameters = code.free.flatMap((name, index): Parameter[] => {
    const from = head.variables[index]!;
    if (from === 'shared') return [];
    if (from === 'main')
      return mainEnvironment() === undefined ? [{ name, from: { kind: 'main', name } }] : [];
    return [{ name, from: from === 'heritage' ? head.heritage!.slot : from }];
  });
  if (head.args >= 0) parameters.push({ name: ARGUMENTS, from: head.args });
  return parameters;
}

interface OpenCode {
  readonly code: Code;
  /** The variable that stands for `this`. */
  readonly self: string | undefined;
}

const withVariables = new WeakMap<Code, OpenCode>();

/** The `this` of an arrow cannot be set later; a variable of the same length can. */
function withoutThis(code: Code): OpenCode {
  if (code.outerThis.length === 0) return { code, self: undefined };
  let open = withVariables.get(code);
  if (open === undefined) {
    const self = unusedWord(code.text, 'this'.length);
    let { text } = code;
    for (const at of code.outerThis)
      text = `${text.slice(0, at)}${self}${text.slice(at + self.length)}`;
    open = { code: { ...code, text }, self };
    withVariables.set(code, open);
  }
  return open;
}

function placeholders(head: CodeHead, names: readonly string[]): unknown[] {
  return names.map((name) => {
    if (name === head.heritage?.variable) return Unfinished;
    return name === ARGUMENTS ? [] : undefined;
  });
}

function setParentClass(fn: Function, parent: Function): void {
  Object.setPrototypeOf(fn, parent);
  Object.setPrototypeOf(fn.prototype, parent.prototype);
}

function complete(fn: Function, head: CodeHead, slots: readonly unknown[]): void {
  if (head.parent >= 0) {
    const parent = slots[head.parent] as Function;
    Object.setPrototypeOf(fn.prototype, parent.prototype);
  }
  for (const { on, key, keySlot, slot, enumerable } of head.properties) {
    const owner = on === 'function' ? fn : fn.prototype;
    Object.defineProperty(owner, key ?? (slots[keySlot] as symbol), {
      value: slots[slot],
      writable: true,
      enumerable,
      configurable: true,
    });
  }
}
