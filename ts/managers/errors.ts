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
