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

/**
 * Calls back once a deadline has passed, unless it was cleared. Until then it keeps the event loop alive, by
 * default. A thread that was busy for long comes to its timers before it comes to what it was sent meanwhile:
 * that goes first.
 */
export class Alarm {
  readonly #deadline: Deadline;
  readonly #onTime: () => void;
  readonly #keepsRunning: boolean;
  #timer!: NodeJS.Timeout;
  #afterInput: NodeJS.Immediate | undefined;

  constructor(deadline: Deadline, onTime: () => void, { keepsRunning = true } = {}) {
    this.#deadline = deadline;
    this.#onTime = onTime;
    this.#keepsRunning = keepsRunning;
    this.#wait();
  }

  clear(): void {
    clearTimeout(this.#timer);
    clearImmediate(this.#afterInput);
  }

  #wait(): void {
    const ms = Math.min(MAX_TIMER_MS, Math.ceil(timeLeft(this.#deadline)));
    this.#timer = setTimeout(() => {
      if (timeLeft(this.#deadline) > 0) this.#wait();
      else this.#afterInput = setImmediate(this.#onTime);
    }, ms);
    if (!this.#keepsRunning) this.#timer.unref();
  }
}
