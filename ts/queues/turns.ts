import { TURN_BUDGET } from '../transport/turn-budget.js';

/** Sees to it that others in this thread have their turn while everything succeeds at once. */
export class Turns {
  #left = TURN_BUDGET;

  /** Whether another success may go on without a turn of the event loop. */
  spend(): boolean {
    if (--this.#left > 0) return true;
    this.#left = TURN_BUDGET;
    return false;
  }
}

export const nextTurn = () => new Promise<void>((resolve) => setImmediate(resolve));
