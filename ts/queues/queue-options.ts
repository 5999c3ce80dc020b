import { toAcquireWait } from '../synchronize/acquire-options.js';
import type { Wait, WaitOptions } from '../transport/wait-options.js';

/** How long to wait for room in a queue, or for an item. */
export interface QueueWaitOptions extends WaitOptions {
  /** Default: `true`. `false` tries once, whatever the timeout is. */
  block?: boolean | undefined;
}

/** @throws TypeError, RangeError; the signal's reason when it is aborted already. */
export const toQueueWait: (options: QueueWaitOptions | undefined) => Wait = toAcquireWait;
