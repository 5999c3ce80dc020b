/**
 * The names of this package over worker_threads of this process: to try a program without processes, or where
 * threads are what is wanted. Threads of Node share no objects, so what passes between them is copied as it
 * is between processes; a worker_thread has an event loop and globals of its own. What is in shared memory is
 * the same as elsewhere: `dummy.Lock` is `Lock`.
 *
 * @see Python: `multiprocessing.dummy`, whose threads share all objects.
 */

export { freezeSupport } from '../contexts.js';
export { ThreadPool as Pool } from '../pool/thread-pool.js';
export { cpuCount } from '../process/cpu-count.js';
export { JoinableQueue } from '../queues/joinable-queue.js';
export { Queue } from '../queues/queue.js';
export { SimpleQueue } from '../queues/simple-queue.js';
export { Array, RawArray } from '../sharedctypes/array.js';
export { RawValue, Value } from '../sharedctypes/value.js';
export { Barrier } from '../synchronize/barrier.js';
export { BoundedSemaphore } from '../synchronize/bounded-semaphore.js';
export { Condition } from '../synchronize/condition.js';
export { Event } from '../synchronize/event.js';
export { Lock } from '../synchronize/lock.js';
export { RLock } from '../synchronize/rlock.js';
export { Semaphore } from '../synchronize/semaphore.js';
export { Pipe } from '../transport/pipe.js';
export { activeChildren, currentProcess } from './current-thread.js';
export { ThreadProcess as Process } from './thread-process.js';
