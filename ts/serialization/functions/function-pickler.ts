/** Functions and classes in payloads: the face of this folder. */
import type { FunctionCodec } from '../function-codec.js';
import { completeEnvironments } from './environments.js';
import { beginAgain, stateIfAny } from './payload-state.js';
import { checkInstance } from './private-state.js';
import { rebuildFunction } from './rebuild-function.js';
import { reduceFunction } from './reduce-function.js';

export { forgetInspector } from './inspector-session.js';
export { importModules } from './module-loading.js';
export { PeerSession } from './peer-session.js';

export const functionCodec: FunctionCodec = {
  reduce: reduceFunction,
  rebuild: rebuildFunction,
  checkInstance,
  encoded(context) {
    const state = stateIfAny(context);
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
