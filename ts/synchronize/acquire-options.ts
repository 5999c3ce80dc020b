import { toWait, type Wait, type WaitOptions } from '../transport/wait-options.js';
import { validateBoolean, validateOptions } from '../validate.js';

/** How long to wait for a lock. */
export interface AcquireOptions extends WaitOptions {
  /** Default: `true`. `false` tries once, whatever the timeout is. */
  block?: boolean | undefined;
}

const TRY_ONCE: Wait = { deadline: 0, tryOnce: true, signal: undefined };

/** @throws TypeError, RangeError; the signal's reason when it is aborted already. */
export function toAcquireWait(options: AcquireOptions | undefined): Wait {
  if (options === undefined) return toWait(undefined);
  const { block = true, ...rest } = validateOptions(options);
  validateBoolean('block', block);
  const wait = toWait(rest);
  return block ? wait : TRY_ONCE;
}
