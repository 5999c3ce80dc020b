/**
 * Notices a child that ends though its work still awaits something: nothing is left in the event loop
 * that could ever settle it.
 */
import { setImmediate } from 'node:timers';

/** Node's exit code for a program that ends in an unsettled await. */
const UNSETTLED = 13;

/**
 * Calls `report` in that case, and sets the exit code unless the program has set one.
 * @returns A function that ends the watch, for when the work has settled.
 */
export function watchForUnsettledWork(
  self: NodeJS.EventEmitter & Pick<NodeJS.Process, 'exitCode'>,
  report: () => void,
): () => void {
  // `exit` alone does not tell an empty loop from a process.exit() within the work. `beforeExit` comes
  // right before it in the first case only; unless other listeners find more to do.
  let isIdle = false;
  const onIdle = () => {
    isIdle = true;
    setImmediate(() => {
      isIdle = false;
    }).unref();
  };
  const onExit = () => {
    if (!isIdle) return;
    self.exitCode ??= UNSETTLED;
    report();
  };
  self.on('beforeExit', onIdle);
  self.on('exit', onExit);
  return () => {
    self.off('beforeExit', onIdle);
    self.off('exit', onExit);
  };
}
