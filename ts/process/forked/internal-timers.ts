import * as timers from 'node:timers';
import { ForkUnsupportedError } from '../../errors.js';
import { variablesAround } from './inspect-scopes.js';

/** One timer of Node, with the members that matter here. */
export interface Timer {
  _idleNext: Timer | TimerList | null;
  _idleTimeout: number;
  _onTimeout: ((...args: unknown[]) => void) | null;
}

/** A circular list of the timers of one duration; the list itself is its head. */
export interface TimerList {
  _idleNext: Timer | TimerList;
}

/** Node's own registers of what is waiting to run. */
export interface InternalTimers {
  readonly timerListMap: Record<string, TimerList>;
  readonly immediateQueue: { head: NodeJS.Immediate | null };
}

/**
 * Finds the registers, which no public API lists; their names are the same in Node 20 to 26. Costs
 * milliseconds once: to be called in the parent before its first fork.
 * @throws {ForkUnsupportedError} ERR_MP_FORK_UNSUPPORTED - when the inspector is unavailable or shows
 * other names: the parent's timers would fire in the child.
 */
export function findInternalTimers(): InternalTimers {
  const { timerListMap, immediateQueue } = look() as Partial<InternalTimers>;
  if (timerListMap === undefined || immediateQueue === undefined) {
    throw new ForkUnsupportedError(
      `fork is not supported on Node ${process.version}: its timers are not where they were in ` +
        'Node 20 to 26. Use the start method spawn',
    );
  }
  return { timerListMap, immediateQueue };
}

function look(): object {
  try {
    return variablesAround(timers.setTimeout);
  } catch (cause) {
    throw new ForkUnsupportedError(
      'fork needs the inspector, to keep timers of the parent from firing in the child. ' +
        'Under the permission model allow it with --allow-inspector, or use the start method spawn',
      { cause },
    );
  }
}
