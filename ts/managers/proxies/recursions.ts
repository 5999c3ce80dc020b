/** The RLocks of managers that flows of this process hold: the server knows only that the process has them. */
import { InvalidStateError } from '../../errors.js';
import { registerAfterFork } from '../../lifecycle/after-fork.js';
import { type Flow, isWithin } from '../../synchronize/flow.js';

interface Recursion {
  readonly flow: Flow;
  count: number;
}

const held = new Map<string, Recursion>();

// They are the parent's.
registerAfterFork(held, (inherited) => inherited.clear(), new Map());

/** Whether this code's flow has the lock, now once more. */
export function acquireAgain(key: string): boolean {
  const recursion = held.get(key);
  if (recursion === undefined || !isWithin(recursion.flow)) return false;
  recursion.count++;
  return true;
}

/** The process has it from now on, for the flow. */
export function take(key: string, flow: Flow, count = 1): void {
  flow.holds++;
  held.set(key, { flow, count });
}

/**
 * Lets go of it once. @returns Whether the process is to let go of it.
 * @throws {InvalidStateError} this code's flow does not have it.
 */
export function releaseOnce(key: string): boolean {
  const recursion = requireMine(key);
  if (--recursion.count > 0) return false;
  putBy(key);
  return true;
}

/** Lets go of it however often it was acquired, until `take`. */
export function putBy(key: string): Recursion {
  const recursion = requireMine(key);
  held.delete(key);
  recursion.flow.holds--;
  return recursion;
}

function requireMine(key: string): Recursion {
  const recursion = held.get(key);
  if (recursion !== undefined && isWithin(recursion.flow, { evenIfFresh: true })) return recursion;
  throw new InvalidStateError('This flow of calls does not hold the lock');
}
