import { native } from '../native/binding.js';
import { forgetServer } from './forkserver/server-record.js';

/** Child side. Makes this process a detached one. */
export function outliveParent(): void {
  native.outliveParent();
  // The forkserver of the tree ends with the process that started it: this one will start its own.
  forgetServer();
}
