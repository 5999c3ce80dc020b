/** A point in time after which a wait gives up; `Infinity` never comes. */
export type Deadline = number;

/** The longest that `setTimeout` takes: of a longer one it makes 1 ms. */
export const MAX_TIMER_MS = 0x7fffffff;

/** The deadline of a timeout in milliseconds that starts now. */
export function deadlineAfter(timeoutMs: number | undefined): Deadline {
  return timeoutMs === undefined ? Number.POSITIVE_INFINITY : performance.now() + timeoutMs;
}

/** Milliseconds left, never negative. */
export function timeLeft(deadline: Deadline): number {
  return Math.max(0, deadline - performance.now());
}
