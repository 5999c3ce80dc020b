/** The parts of a function by value: its parameters, its environment, what hangs on it. */
import type { UnpickleContext } from '../contexts.js';
import type { Code } from './code-facts.js';
import { ARGUMENTS, evaluateIn, factoryFor, openFactoryFor } from './compile-code.js';
import { environmentOf, fillEnvironments } from './environments.js';
import type { CodeHead, Reference } from './heads.js';
import { resolveReference } from './references.js';

export interface CodeParts {
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
  const environment = environmentOf(head.shared, code, context);
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
      const values = placeholders(head, names);
      const { value, set } =
        environment === undefined
          ? openFactoryFor(code, names)(undefined, values)
          : evaluateIn(environment, code, names, undefined, values);
      return {
        value,
        fill(slots) {
          fillEnvironments(head.shared, slots, context);
          set(valuesOf(slots));
          if (head.heritage !== null) setParentClass(value, slots[head.heritage.slot] as Function);
        },
      };
    },
    complete: (fn, slots) => complete(fn, head, slots),
  };
}

function parametersOf(head: CodeHead, code: Code): Parameter[] {
  const parameters = code.free.flatMap((name, index): Parameter[] => {
    const from = head.variables[index]!;
    if (from === 'shared') return [];
    return [{ name, from: from === 'heritage' ? head.heritage!.slot : from }];
  });
  if (head.args >= 0) parameters.push({ name: ARGUMENTS, from: head.args });
  return parameters;
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
