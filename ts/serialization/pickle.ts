/** Pickling, complete: values, and functions with them. What sends and receives imports this. */
import { setFunctionCodec } from './codec.js';
import { functionCodec } from './functions/function-pickler.js';

export * from './codec.js';
export { type EncodedWithModules, encodeWithModules } from './encode-with-modules.js';
export { correctCoverage } from './functions/correct-coverage.js';
export {
  expectPreparation,
  findMain,
  forgetInspector,
  importedMain,
  importMain,
  importModules,
  loadModule,
  type MainModule,
  mapRemoteStack,
  needsPreparation,
  PeerSession,
  prepareFunctions,
  setImportedMain,
  travelsAlone,
} from './functions/function-pickler.js';

setFunctionCodec(functionCodec);
