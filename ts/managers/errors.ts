import { inspect } from 'node:util';
import { ProcessError } from '../errors.js';

/**
 * The server of a manager could not do what it was asked: there is no such method or no such object, or the error
 * that a method threw could not travel.
 * @see Python: `multiprocessing.managers.RemoteError`; what a method throws arrives as itself.
 */
export class RemoteError extends ProcessError {
  override readonly name: string = 'RemoteError';
  override readonly code: string = 'ERR_MP_REMOTE';
}

/** In the place of an error that cannot travel. @param who - Threw it. */
export function standInFor(error: unknown, who: string): RemoteError {
  return new RemoteError(`${who} threw ${show(error)}`);
}

function show(value: unknown): string {
  try {
    return inspect(value);
  } catch {
    // What it has to say about itself fails, too.
    return 'what cannot be shown';
  }
}
