import { setMaxListeners } from 'node:events';
import { readiness, type Waitable } from '../transport/readiness.js';
import { toWait, type Wait, type WaitOptions } from '../transport/wait-options.js';
import { invalidType } from '../validate.js';
import { readinessOf, type WaitObject } from './readiness-of.js';

export type { HasDescriptor, WaitObject } from './readiness-of.js';

interface Entry<T> {
  readonly object: T;
  readonly source: Waitable;
}

/**
 * Waits until at least one of the objects is ready: something can be received from a connection or a
 * stream, got from a queue, or accepted by a listener, or a process has ended; an end of file counts. With an
 * authkey, a listener is ready when the handshake is done. Nothing is taken, so somebody else may be faster:
 * then, what would block still does.
 * @param options - `timeout`: milliseconds, `undefined` waits for ever, `0` tries once; `signal`.
 * @returns All that are ready, in the order in which they were given; none when the time is up, and at once
 * when there are no objects.
 * @throws TypeError; {ClosedError} ERR_MP_CLOSED: one of them is, or was meanwhile, closed; the signal's
 * reason; a system error, such as EBADF.
 * @example
 * for (const ready of await connection.wait([client, queue, child.sentinel])) …
 * @see Python: `multiprocessing.connection.wait`; differs: queues and listeners may be among them.
 */
export async function wait<T extends WaitObject>(
  objects: Iterable<T>,
  options?: WaitOptions,
): Promise<T[]> {
  const entries = toEntries(objects);
  const wait = toWait(options);
  for (;;) {
    const ready = await readyOnes(entries);
    if (ready.length > 0 || entries.length === 0 || wait.tryOnce) return ready;
    if (!(await oneIsReady(entries, wait))) return [];
  }
}

function toEntries<T extends WaitObject>(objects: Iterable<T>): Entry<T>[] {
  if (objects === null || typeof objects !== 'object' || !(Symbol.iterator in objects))
    throw invalidType('objects', 'an array or another iterable', objects);
  return Array.from(objects, (object, i) => ({
    object,
    source: readinessOf(object, `objects[${i}]`),
  }));
}

const NOW: Wait = { deadline: 0, tryOnce: true, signal: undefined };

/** All are asked before anybody else has a turn. */
async function readyOnes<T>(entries: readonly Entry<T>[]): Promise<T[]> {
  const answers = await Promise.all(entries.map(async ({ source }) => source[readiness](NOW)));
  return entries.filter((_, i) => answers[i]).map(({ object }) => object);
}

/** Resolves to false when the time is up. */
async function oneIsReady(entries: readonly Entry<unknown>[], wait: Wait): Promise<boolean> {
  // It was not listened to while all were asked.
  wait.signal?.throwIfAborted();
  const givenUp = new AbortController();
  const { signal } = givenUp;
  // One for each object is no leak.
  setMaxListeners(0, signal);
  wait.signal?.addEventListener('abort', () => givenUp.abort(wait.signal?.reason), { signal });
  const waits = entries.map(async ({ source }) => source[readiness]({ ...wait, signal }));
  // The others reject when they are given up.
  for (const one of waits) one.catch(() => {});
  try {
    return await Promise.race(waits);
  } finally {
    givenUp.abort();
  }
}
