/** Functions and classes in payloads: the face of this folder. */
import type { FunctionCodec } from '../function-codec.js';
import { completeEnvironments } from './environments.js';
import { rebuildHost, reduceHost } from './host-objects.js';
import { beginAgain, stateIn } from './payload-state.js';
import { checkInstance } from './private-state.js';
import { rebuildFunction } from './rebuild-function.js';
import { reduceFunction } from './reduce-function.js';

export { forgetInspector } from './inspector-session.js';
export { importModules } from './module-loading.js';
export { PeerSession } from './peer-session.js';
export { prepareFunctions } from './prepare.js';
export { mapRemoteStack } from './remote-stacks.js';

export const functionCodec: FunctionCodec = {
  reduce: reduceFunction,
  rebuild: rebuildFunction,
  checkInstance,
  reduceHost,
  rebuildHost,
  encoded(context) {
    const state = stateIn(context.scratch);
    if (state === undefined) return 'done';
    if (state.contexts.settle()) {
      beginAgain(context);
      return 'again';
    }
    state.size.warn();
    return 'done';
  },
  decoded: completeEnvironments,
};
