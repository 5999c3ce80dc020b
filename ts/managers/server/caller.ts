/** Who calls a method of an object in the server. */

/** A process that uses the server, with what it holds there. */
export interface Holder {
  /** Its connection has ended. */
  readonly isGone: boolean;
  /** Locks that it has. */
  readonly locks: Set<Losable>;
}

/** What a process may hold. */
export interface Losable {
  /** The process was killed. */
  holderDied(holder: Holder): void;
}

export interface Caller {
  readonly holder: Holder;
  /** Aborted when the call is given up, or its process is gone. */
  readonly signal: AbortSignal;
}

/** Code in the server's own process. */
const inServer: Caller = {
  holder: { isGone: false, locks: new Set() },
  signal: new AbortController().signal,
};

let current: Caller = inServer;

/** The caller of the method that has just been called; not after an await. */
export function currentCaller(): Caller {
  return current;
}

export function runAs<T>(caller: Caller, fn: () => T): T {
  const outer = current;
  current = caller;
  try {
    return fn();
  } finally {
    current = outer;
  }
}
