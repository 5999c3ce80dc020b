import { registerAfterFork } from '../lifecycle/after-fork.js';
import type { Connection } from '../transport/connection.js';
import { Pipe, type PipeOptions } from '../transport/pipe.js';

/**
 * In a child that this process forks, the connection is closed: it is of use to this process only, and a
 * copy in a child would hide the end of either side from the other.
 */
export function keepFromForks(connection: Connection): Connection {
  registerAfterFork(connection, (inherited) => inherited.close());
  return connection;
}

/** A pipe between this process and another one of this package, which forked children do not inherit. */
export function privatePipe(options?: PipeOptions): [Connection, Connection] {
  const [first, second] = Pipe(options);
  return [keepFromForks(first), keepFromForks(second)];
}
