/** The objects of this layer, as they are told apart in the arena. */
import type { ObjectKind } from '../arena/shared-object.js';
import { MEMORY_BYTES } from './queue-memory.js';

/** The wait queues of each. */
export const READABLE_QUEUE = 0;
export const WRITABLE_QUEUE = 1;
export const DONE_QUEUE = 2;

const queueKind = (type: number, name: string): ObjectKind => ({
  type,
  name,
  queues: 3,
  bytes: MEMORY_BYTES,
});

export const QUEUE = queueKind(32, 'Queue');
export const JOINABLE_QUEUE = queueKind(33, 'JoinableQueue');
export const SIMPLE_QUEUE = queueKind(34, 'SimpleQueue');
