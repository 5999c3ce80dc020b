import { type Deadline, deadlineAfter } from '../time.js';
import { validateOptions, validateSignal, validateTimeout } from '../validate.js';

/** What everything that waits takes. */
export interface WaitOptions {
  /** Milliseconds; `undefined` waits for ever, `0` tries once. */
  timeout?: number | undefined;
  /** Gives the wait up; the promise rejects with the signal's reason. */
  signal?: AbortSignal | undefined;
}

/** The same, checked. */
export interface Wait {
  readonly deadline: Deadline;
  readonly tryOnce: boolean;
  readonly signal: AbortSignal | undefined;
}

/** Without a limit. */
export const FOR_EVER: Wait = {
  deadline: Number.POSITIVE_INFINITY,
  tryOnce: false,
  signal: undefined,
};

/**
 * @throws TypeError, RangeError
 * @throws The signal's reason when it is aborted already.
 */
export function toWait(options: WaitOptions | undefined, defaultTimeout?: number): Wait {
  if (options === undefined && defaultTimeout === undefined) return FOR_EVER;
  const { timeout, signal } = validateOptions(options);
  const timeoutMs =
    options !== undefined && 'timeout' in options ? validateTimeout(timeout) : defaultTimeout;
  validateSignal(signal)?.throwIfAborted();
  return {
    deadline: deadlineAfter(timeoutMs),
    tryOnce: timeoutMs === 0,
    signal,
  };
}
