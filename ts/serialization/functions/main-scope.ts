/**
 * Top-level names of the main module, on the receiving side. A process that has imported the module
 * was handed an evaluator, which stands inside of its scope. The process in which it runs as main has
 * only the functions that it has sent itself, and what V8 shows around them.
 */
import { PicklingError } from '../../errors.js';
import { viewFunction } from './inspector-session.js';
import { readVariable } from './variable-contexts.js';

/** The main module as it was imported here. */
export interface MainScope {
  /** Evaluates in the scope of the module; undefined where a loader has left the hook out. */
  readonly evaluate: ((source: string) => unknown) | undefined;
  readonly exports: Readonly<Record<string, unknown>>;
}

let imported: MainScope | undefined;

export function setMainScope(scope: MainScope): void {
  imported = scope;
}

export function mainScope(): MainScope | undefined {
  return imported;
}

const sent = new Map<string, Function>();

/** Remembers what was sent by this name: the receiver may send it back. */
export function noteMainFunction(name: string, fn: Function): void {
  sent.set(name, fn);
}

const NAME = /^[\p{ID_Start}$_][\p{ID_Continue}$\u200c\u200d]*$/u;

/** @throws PicklingError when there is nothing of that name, or not yet. */
export function valueInMain(name: string): unknown {
  if (!NAME.test(name)) throw new PicklingError('The payload refers to no name of the main module');
  if (imported !== undefined) return importedValue(imported, name);
  if (sent.has(name)) return sent.get(name);
  const [anchor] = sent.values();
  if (anchor === undefined)
    throw missing(name, 'it was not imported here: setImportMain(true) was called too late');
  for (const { description, object } of viewFunction(anchor).scopes)
    if (description !== 'Global' && Object.hasOwn(object, name)) return readVariable(object, name);
  throw missing(name, 'no function of it, other than itself, uses that name, and it is no export');
}

function importedValue({ evaluate, exports }: MainScope, name: string): unknown {
  try {
    if (evaluate !== undefined && name !== 'default') return evaluate(name);
    if (Object.hasOwn(exports, name)) return exports[name];
  } catch (cause) {
    throw missing(name, (cause as Error).message, cause);
  }
  throw missing(name, 'it exports none, and a loader hides what it does not export');
}

function missing(name: string, reason: string, cause?: unknown): PicklingError {
  const text = `The main module has no '${name}' in this process: ${reason}`;
  return new PicklingError(text, cause === undefined ? {} : { cause });
}
