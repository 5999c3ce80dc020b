import { native } from '../../native/binding.js';
import { UNKNOWN_EXIT_CODE } from '../exit-source.js';

/**
 * A child ends that was given no work, whatever it knows already, without a word: nobody has heard of it. If the
 * server had promised it to somebody before it died, that is the exit code to be seen.
 */
export function leaveUnused(): never {
  native.exitNow(UNKNOWN_EXIT_CODE);
  throw new Error('unreachable');
}
