/**
 * When to try a little longer before sleeping. A peer that is about to answer does so within a few
 * microseconds; falling asleep and being woken takes up to a hundred. But trying in vain wastes
 * them, so it is done for as long as it pays.
 */

const SPIN_US = 100;
/** More than so long means that other work had the processor: it should have it. */
const OVERSLEPT_US = 10 * SPIN_US;
const LONGEST_PAUSE = 256;
const PAUSE_FOR_OTHERS = 4096;

export class SpinPolicy {
  // Waits that begin without spinning until the next attempt.
  #skip = 0;
  // How many there will be after the next failure.
  #pause = 1;

  /** For how many microseconds the next wait should spin. */
  next(): number {
    if (this.#skip === 0) return SPIN_US;
    this.#skip--;
    return 0;
  }

  /** What came of it. */
  report(succeeded: boolean, spunUs: number): void {
    if (spunUs > OVERSLEPT_US) this.#skip = PAUSE_FOR_OTHERS;
    else if (succeeded) this.#pause = 1;
    else {
      this.#skip = this.#pause;
      this.#pause = Math.min(this.#pause * 2, LONGEST_PAUSE);
    }
  }
}
