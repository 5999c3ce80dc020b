import type { Wait } from './wait-options.js';

/** The key of the method with which an object tells `connection.wait` whether it is ready. */
export const readiness = Symbol('readiness');

/** What can become ready: a Connection, a Listener, a queue. */
export interface Waitable {
  /**
   * @internal Whether something can be received, got or accepted, an end of file included; false when nothing could
   * be in time. Takes nothing.
   * @throws What operations on the object throw, such as ClosedError.
   */
  [readiness](wait: Wait): boolean | Promise<boolean>;
}
