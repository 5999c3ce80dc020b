/** Functions and classes in payloads: the face of this folder. */
import { PicklingError } from '../../errors.js';
import type { PickleContext } from '../contexts.js';
import type { FunctionCodec } from '../function-codec.js';
import { completeEnvironments } from './environments.js';
import { rebuildHost, reduceHost } from './host-objects.js';
import { beginAgain, stateIn } from './payload-state.js';
import { checkInstance } from './private-state.js';
import { rebuildFunction } from './rebuild-function.js';
import { reduceFunction } from './reduce-function.js';

export { forgetInspector } from './inspector-session.js';
export { importMain } from './main-import.js';
export { findMain, importedMain, type MainModule, setImportedMain } from './main-module.js';
export { importModules, loadModule } from './module-loading.js';
export { PeerSession } from './peer-session.js';
export { expectPreparation, needsPreparation, prepareFunctions } from './prepare.js';
export { travelsAlone } from './reduce-function.js';
export { mapRemoteStack } from './remote-stacks.js';

export const functionCodec: FunctionCodec = {
  reduce: reduceFunction,
  rebuild: rebuildFunction,
  checkInstance,
  reduceHost,
  rebuildHost,
  encoded,
  decoded: completeEnvironments,
};

/** A payload is encoded twice when functions in it share variables. More often, it is a new one. */
const MAX_PASSES = 4;

function encoded(context: PickleContext): 'done' | 'again' {
  const state = stateIn(context.scratch);
  if (state === undefined) return 'done';
  if (!state.contexts.settle()) return 'done';
  if (state.contexts.passes >= MAX_PASSES) {
    throw new PicklingError(
      'cannot pickle functions that share variables and are made anew each time they are looked at',
    );
  }
  beginAgain(context);
  return 'again';
}
