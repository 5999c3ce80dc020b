/** The objects of this layer. */
import { defineKind } from '../arena/kinds.js';
import { MEMORY_BYTES } from './queue-memory.js';

/** The wait queues of each. */
export const READABLE_QUEUE = 0;
export const WRITABLE_QUEUE = 1;
export const DONE_QUEUE = 2;

const MEMORY = { queues: 3, bytes: MEMORY_BYTES };

export const QUEUE = defineKind('Queue', MEMORY);
export const JOINABLE_QUEUE = defineKind('JoinableQueue', MEMORY);
export const SIMPLE_QUEUE = defineKind('SimpleQueue', MEMORY);
