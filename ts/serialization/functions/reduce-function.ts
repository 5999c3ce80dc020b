/** Takes a function apart: by reference where that can be, by its source otherwise. */
import { types } from 'node:util';
import type { PickleContext } from '../contexts.js';
import type { ReducedFunction } from '../function-codec.js';
import { behindForwarder, reduceBound } from './bound-functions.js';
import { builtinPath } from './builtins.js';
import { exportOfImported } from './captured-imports.js';
import { asReference } from './captured-values.js';
import { factsOf, knownFacts } from './code-facts.js';
import { describeFunction, nameOf } from './descriptions.js';
import type { Reference } from './heads.js';
import { type FunctionView, hasInspector, viewFunction } from './inspector-session.js';
import { importedMain, isImportedMain, isMainModule } from './main-module.js';
import { knownMainName, mainNameOf } from './main-names.js';
import { exportOf, exportOfAnyCommonJs, isOpen, knownExport } from './module-exports.js';
import { requireCache } from './module-loading.js';
import { type PayloadState, payloadState } from './payload-state.js';
import { reduceCode } from './reduce-code.js';
import { refuse, refuseNative } from './refusals.js';
import { scriptUrl } from './script-urls.js';

export function reduceFunction(given: Function, context: PickleContext): ReducedFunction {
  if (types.isProxy(given)) throw refuse('Proxy of a function');
  const fn = behindForwarder(given);
  const state = payloadState(context);
  const text = Function.prototype.toString.call(fn);
  if (isNative(text)) return reduceNative(fn);
  const base = requireBase(fn);
  if (base !== undefined) return byReference(fn, { kind: 'require', file: base });
  const known = knownExport(fn);
  if (known !== undefined) return byReference(fn, asReference(known));
  const name = importedMain() && knownMainName(fn);
  if (name !== undefined) return byReference(fn, { kind: 'main', name });
  const facts = knownFacts(fn);
  if (facts?.needsNoScopes && isNoExport(facts.code.file, state))
    return reduceCode(fn, facts, undefined, state);
  if (!hasInspector()) return reduceUnseen(fn);
  return reduceSeen(fn, viewFunction(fn), state);
}

/**
 * Whether what was not found to be an export of a file will not be this time. A spawned child may import
 * what a message cannot refer to; but the main module only if all of it travels by name.
 */
function isNoExport(file: string, { policy }: PayloadState): boolean {
  return !policy.mayImport || (isMainModule(file) && !isImportedMain(file));
}

/** Whether the function, which was taken apart before, will come out the same each time. */
export function travelsAlone(fn: Function): boolean {
  if (Object.keys(fn).length > 0) return false;
  return knownExport(fn) !== undefined || knownFacts(fn)?.needsNoScopes === true;
}

function isNative(text: string): boolean {
  return /\{\s*\[native code\]\s*\}\s*$/.test(text);
}

function byReference(fn: Function, reference: Reference): ReducedFunction {
  return {
    head: reference,
    slots: [],
    slotNames: [],
    description: `function ${nameOf(fn) || '(anonymous)'}`,
  };
}

function reduceNative(fn: Function): ReducedFunction {
  const path = builtinPath(fn);
  if (path !== undefined) return byReference(fn, { kind: 'builtin', path });
  const bound = hasInspector() ? viewFunction(fn).bound : undefined;
  if (bound !== undefined) return reduceBound(fn, bound);
  const found = exportOfAnyCommonJs(fn);
  if (found !== undefined) return byReference(fn, asReference(found));
  throw refuseNative(`native function ${nameOf(fn) || '(anonymous)'}`);
}

function reduceSeen(fn: Function, view: FunctionView, state: PayloadState): ReducedFunction {
  const file = view.location === undefined ? '' : scriptUrl(view.location.scriptId);
  if (file.startsWith('node:')) return reduceOfNode(fn, file);
  const isModule = view.scopes.some(({ description }) => description === 'Module');
  const found = exportOf(fn, file, isModule, state.policy);
  if (found !== undefined) return byReference(fn, asReference(found));
  // To take it apart, and what it uses, could be a waste of much time.
  if (isOpen(file, state.policy)) return byReference(fn, { kind: 'export', file, name: null });
  const facts = factsOf(fn, view);
  const name = mainNameOf(fn, facts, view);
  if (name !== undefined) return byReference(fn, { kind: 'main', name });
  return reduceCode(fn, facts, view, state);
}

function reduceOfNode(fn: Function, file: string): ReducedFunction {
  const path = builtinPath(fn);
  if (path !== undefined) return byReference(fn, { kind: 'builtin', path });
  throw refuse(
    describeFunction(fn, '', file, undefined),
    'it is internal to Node, and no global object and no module makes it reachable',
  );
}

/** Without the inspector, exports can be found by searching, and nothing else can. */
function reduceUnseen(fn: Function): ReducedFunction {
  const path = builtinPath(fn);
  if (path !== undefined) return byReference(fn, { kind: 'builtin', path });
  const found = exportOfAnyCommonJs(fn) ?? exportOfImported(fn);
  if (found !== undefined) return byReference(fn, asReference(found));
  throw refuse(
    describeFunction(fn, '', '', undefined),
    "it is not seen to be an export of a module, and looking into it needs Node's inspector,",
    'which is not available here: under the permission model the flag `--allow-inspector` allows it',
  );
}

/** The file for which a `require` function resolves. */
function requireBase(fn: Function): string | undefined {
  // A getter of the user is not run for this.
  if (Object.getOwnPropertyDescriptor(fn, 'cache')?.value !== requireCache) return undefined;
  const [first] = (fn as NodeJS.Require).resolve.paths('x') ?? [];
  return first?.replace(/node_modules$/, 'require.js');
}
