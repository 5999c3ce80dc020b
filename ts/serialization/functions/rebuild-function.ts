/** Puts a function together again from what `reduce` made of it. */
import { PicklingError } from '../../errors.js';
import type { UnpickleContext } from '../contexts.js';
import type { FunctionShell } from '../function-codec.js';
import { boundShell } from './bound-functions.js';
import type { Code } from './code-facts.js';
import { codeOf } from './code-store.js';
import { functionWith, label, remember } from './function-uids.js';
import type { CodeHead, Head } from './heads.js';
import { valueInMain } from './main-scope.js';
import { partsOf } from './rebuild-code.js';
import { resolveReference } from './references.js';

export function rebuildFunction(given: unknown, context: UnpickleContext): FunctionShell {
  const head = checkedHead(given);
  switch (head.kind) {
    case 'code':
      return codeShell(head, context);
    case 'bound':
    case 'method':
      return shellFor(functionWith(head.uid)) ?? boundShell(head);
    case 'main':
      return finished(functionOfMain(head.name));
    default:
      return finished(asFunction(resolveReference(head)));
  }
}

function checkedHead(head: unknown): Head {
  if (typeof head === 'object' && head !== null && 'kind' in head) return head as Head;
  throw new PicklingError('The payload holds no function where one should be');
}

function asFunction(value: unknown): Function {
  if (typeof value === 'function') return value;
  throw new PicklingError('The payload refers to a function, and what was found is none');
}

function functionOfMain(name: string): Function {
  const value = valueInMain(name);
  if (typeof value === 'function') return value;
  throw new PicklingError(
    `The main module's '${name}' is ${typeof value} in this process, where a function was expected. Is it defined in the first process only?`,
  );
}

/** A function that is here already: what comes with it is not needed. */
function finished(value: Function): FunctionShell {
  return {
    create: () => value,
    createOpen: () => ({ value, fill: () => {} }),
  };
}

function shellFor(fn: Function | undefined): FunctionShell | undefined {
  return fn && finished(fn);
}

function codeShell(head: CodeHead, context: UnpickleContext): FunctionShell {
  const code = codeOf(head, context);
  const known = shellFor(functionWith(head.uid));
  if (known !== undefined) return known;
  const parts = partsOf(head, code, context);
  return {
    create(slots) {
      const fn = parts.create(slots);
      settle(fn, head, code);
      parts.complete(fn, slots);
      return fn;
    },
    createOpen() {
      const { value, fill } = parts.createOpen();
      settle(value, head, code);
      return {
        value,
        fill(slots) {
          fill(slots);
          parts.complete(value, slots);
        },
      };
    },
  };
}

function isStateless({ variables, properties, self, args, parent }: CodeHead): boolean {
  return variables.length === 0 && properties.length === 0 && Math.max(self, args, parent) < 0;
}

/**
 * Gives the function its identity. Classes are kept, so that `instanceof` holds between payloads, and
 * so is what has no state of its own; any other function is made anew for each payload, with the
 * values that its variables have by then.
 */
function settle(fn: Function, head: CodeHead, code: Code): void {
  if (code.form === 'class' || isStateless(head)) remember(fn, head.uid);
  else label(fn, head.uid);
  const name = Object.getOwnPropertyDescriptor(fn, 'name');
  if (name?.value !== head.name && (name === undefined || typeof name.value === 'string'))
    Object.defineProperty(fn, 'name', {
      value: head.name,
      configurable: true,
    });
}
