/**
 * Adaptive busy polling. To put a process to sleep and wake it again takes several times as long as a call that is
 * answered at once, so whoever awaits an answer lets the event loop turn for a moment without sleeping. Everything else
 * in the loop goes on meanwhile.
 */
import { registerAfterFork } from '../lifecycle/after-fork.js';
import { cpuCount } from '../process/cpu-count.js';

/** For how long the loop is kept from sleeping. */
const WINDOW_MS = 0.2;
/** After a wait in vain, this many waits at most go to sleep at once. */
const MOST_SKIPPED = 16;

/** What it runs on. */
export interface Clock {
  now(): number;
  setImmediate(turn: () => void): unknown;
}

export class BusyPoll {
  readonly #clock: Clock;
  readonly #isUseful: () => boolean;
  /** 0: nothing is awaited. */
  #deadline = 0;
  #isTurning = false;
  #inVain = 0;
  #toSkip = 0;
  readonly #turn = () => this.#onTurn();

  /** `isUseful`: whether who is to answer can run at the same time. */
  constructor(clock: Clock, isUseful: () => boolean) {
    this.#clock = clock;
    this.#isUseful = isUseful;
    // The parent's immediates do not come along.
    registerAfterFork<BusyPoll>(this, (inherited) => {
      inherited.#isTurning = false;
    });
  }

  /** Something may come in a moment. */
  await(): void {
    if (this.#toSkip > 0) {
      this.#toSkip--;
    } else if (this.#isUseful()) {
      this.#deadline = this.#clock.now() + WINDOW_MS;
      if (!this.#isTurning) this.#keepTurning();
    }
  }

  /** It has come. */
  arrived(): void {
    if (this.#deadline === 0) return;
    this.#deadline = 0;
    this.#inVain = 0;
  }

  #keepTurning(): void {
    this.#isTurning = true;
    this.#clock.setImmediate(this.#turn);
  }

  #onTurn(): void {
    this.#isTurning = false;
    if (this.#deadline === 0) return;
    if (this.#clock.now() < this.#deadline) {
      this.#keepTurning();
      return;
    }
    this.#deadline = 0;
    this.#toSkip = Math.min(MOST_SKIPPED, 2 ** this.#inVain++);
  }
}

let hasOtherCpus: boolean | undefined;

/** Of this thread, whose event loop all wires share. */
export const busyPoll = new BusyPoll(
  { now: () => performance.now(), setImmediate: (turn) => setImmediate(turn) },
  () => {
    hasOtherCpus ??= cpuCount() > 1;
    return hasOtherCpus;
  },
);
