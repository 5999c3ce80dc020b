/**
 * Waits that block the thread. They give way to what the event loop has to do: every slice and
 * every signal ends in JavaScript, where `worker.terminate()` takes effect and where a signal for
 * which the program listens becomes an InterruptedError.
 */
import { InterruptedError } from '../errors.js';
import { type Deadline, timeLeft } from '../time.js';
import { native } from './binding.js';
import { signalName } from './signal-names.js';
import { EINTR, systemError } from './system-error.js';

/** Between two of them a terminated worker ends. */
export const SLICE_MS = 100;

/** @throws InterruptedError when a signal came whose listener in this thread has yet to run. */
export function throwIfInterrupted(): void {
  const signal = native.undispatchedSignal();
  if (signal !== 0) throw new InterruptedError(signalName(signal));
}

/** Whether one of `events` holds on the descriptor now. */
export function isReady(fd: number, events: number): boolean {
  const outcome = native.waitReady(fd, events, 0);
  if (outcome < 0 && outcome !== EINTR) throw systemError(outcome, 'poll');
  return outcome > 0;
}

/**
 * Blocks until one of `events` holds on the descriptor (`-1`: only waits).
 * @returns Whether one does; `false` when the deadline passed.
 * @throws InterruptedError
 */
export function waitReadySync(fd: number, events: number, deadline: Deadline): boolean {
  for (;;) {
    const left = Math.min(SLICE_MS, Math.ceil(timeLeft(deadline)));
    const outcome = native.waitReady(fd, events, left);
    if (outcome > 0) return true;
    if (outcome < 0 && outcome !== EINTR) throw systemError(outcome, 'poll');
    throwIfInterrupted();
    if (outcome === 0 && timeLeft(deadline) === 0) return false;
  }
}
