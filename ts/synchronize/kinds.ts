/** The objects of this layer. */
import { defineKind } from '../arena/kinds.js';

const MEMORY = { queues: 1, bytes: 64 };

export const LOCK = defineKind('Lock', MEMORY);
export const RLOCK = defineKind('RLock', MEMORY);
export const SEMAPHORE = defineKind('Semaphore', MEMORY);
export const BOUNDED_SEMAPHORE = defineKind('BoundedSemaphore', MEMORY);
export const CONDITION = defineKind('Condition', MEMORY);
export const EVENT = defineKind('Event', MEMORY);
export const BARRIER = defineKind('Barrier', MEMORY);
