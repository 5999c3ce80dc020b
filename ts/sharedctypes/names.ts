/** What the namespace `sharedctypes` of the package holds. */
export { Array, RawArray } from './array.js';
export { copy, synchronized } from './copies.js';
export { Structure } from './structure.js';
export { RawValue, Value } from './value.js';
