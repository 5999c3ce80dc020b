import { registerHandle, SharedHandle } from '../arena/shared-handle.js';
import { SharedObject } from '../arena/shared-object.js';
import { BrokenBarrierError } from '../errors.js';
import { FOR_EVER, toWait, type Wait, type WaitOptions } from '../transport/wait-options.js';
import {
  validateFunction,
  validateInteger,
  validateOptions,
  validateTimeout,
} from '../validate.js';
import { type Arrival, Gathering, MAX_PARTIES } from './gathering.js';
import { BARRIER } from './kinds.js';

export interface BarrierOptions {
  /** Called by the last one that comes, before anybody is let go. It travels with the barrier. */
  action?: (() => unknown) | undefined;
  /** Of every wait that gives none itself: milliseconds; `undefined` waits for ever. */
  timeout?: number | undefined;
}

type Description = readonly [parties: number, options: BarrierOptions];

/**
 * Lets a number of processes, threads or flows go on when all of them have come.
 *
 * It breaks when one that waits gives up, by timeout or signal, when the action fails, and by `abort()`; then all who
 * wait, and all who come, get a BrokenBarrierError, until it is `reset()`.
 *
 * @see Python: `multiprocessing.Barrier`; differs: timeouts in ms, `wait` returns a promise; one party at least.
 */
export class Barrier extends SharedHandle {
  /** How many have to come. */
  readonly parties: number;
  readonly #action: (() => unknown) | undefined;
  readonly #timeout: number | undefined;
  readonly #gathering: Gathering;

  /**
   * @param parties - From 1 to 65535.
   * @throws TypeError, RangeError; a system error when there is no memory.
   */
  constructor(parties: number, options?: BarrierOptions);
  /** @internal */
  constructor(parties: number, options: BarrierOptions, object: SharedObject);
  constructor(parties: number, options?: BarrierOptions, object?: SharedObject) {
    validateInteger('parties', parties, { min: 1, max: MAX_PARTIES });
    const { action, timeout } = validateOptions(options);
    if (action !== undefined) validateFunction('action', action);
    validateTimeout(timeout);
    super(object ?? SharedObject.create(BARRIER));
    this.parties = parties;
    this.#action = action;
    this.#timeout = timeout;
    this.#gathering = this.sharedObject().core((it) => new Gathering(it));
  }

  /** How many wait now. @see Python: `Barrier.n_waiting` */
  get waiting(): number {
    this.sharedObject();
    return this.#gathering.arrived;
  }

  /** Whether it is broken. */
  get broken(): boolean {
    this.sharedObject();
    return this.#gathering.isBroken;
  }

  /**
   * Waits until all have come.
   * @param options - `timeout`: milliseconds, by default that of the barrier; `signal`.
   * @returns As the how many-th it came, from 0.
   * @throws {BrokenBarrierError} ERR_MP_BROKEN_BARRIER; the signal's reason; what the action throws; {ClosedError}
   * ERR_MP_CLOSED
   */
  async wait(options?: WaitOptions): Promise<number> {
    const wait = toWait(options, this.#timeout);
    return this.sharedObject().during(() => this.#wait(wait));
  }

  async #wait(wait: Wait): Promise<number> {
    for (;;) {
      const arrival = this.#arrive();
      if (arrival.outcome === 'last') {
        await this.#act(() => this.#action?.());
        return this.#letGo(arrival);
      }
      await this.#untilOver(arrival, wait);
      if (arrival.outcome === 'waits') return this.#leave(arrival);
    }
  }

  /**
   * Blocks the thread as `wait` waits; the action must not be asynchronous.
   * @throws As `wait`; {InterruptedError} ERR_MP_INTERRUPTED
   */
  waitSync(options?: WaitOptions): number {
    const wait = toWait(options, this.#timeout);
    for (;;) {
      const arrival = this.#arrive();
      if (arrival.outcome === 'last') {
        this.#actSync();
        return this.#letGo(arrival);
      }
      this.#untilOverSync(arrival, wait);
      if (arrival.outcome === 'waits') return this.#leave(arrival);
    }
  }

  /** Breaks it. @throws {ClosedError} ERR_MP_CLOSED */
  abort(): void {
    this.sharedObject();
    this.#gathering.break();
  }

  /** Makes it as new; those who wait get a BrokenBarrierError. @throws {ClosedError} ERR_MP_CLOSED */
  reset(): void {
    this.sharedObject();
    this.#gathering.reset();
  }

  /** @internal */
  describe(): Description {
    return [this.parties, { action: this.#action, timeout: this.#timeout }];
  }

  #arrive(): Arrival {
    this.sharedObject();
    const arrival = this.#gathering.arrive(this.parties);
    if (arrival === undefined) throw broken();
    return arrival;
  }

  async #act(action: () => unknown): Promise<void> {
    try {
      await action();
    } catch (error) {
      this.#gathering.break();
      throw error;
    }
  }

  #actSync(): void {
    try {
      this.#action?.();
    } catch (error) {
      this.#gathering.break();
      throw error;
    }
  }

  #letGo({ index, generation }: Arrival): number {
    if (!this.#gathering.letGo(generation)) throw broken();
    return index;
  }

  #leave({ index, generation }: Arrival): number {
    if (!this.#gathering.wasLetGo(generation)) throw broken();
    return index;
  }

  /** @throws When it is given up, which breaks the barrier. */
  async #untilOver(arrival: Arrival, wait: Wait): Promise<void> {
    const isOver = this.#gathering.isOver(arrival.generation);
    try {
      if (await this.#gathering.line.wait(this, isOver, wait)) return;
    } catch (error) {
      this.#giveUp(arrival);
      throw error;
    }
    if (this.#giveUp(arrival)) throw broken();
    await this.#gathering.line.wait(this, isOver, FOR_EVER);
  }

  #untilOverSync(arrival: Arrival, wait: Wait): void {
    const isOver = this.#gathering.isOver(arrival.generation);
    try {
      if (this.#gathering.line.waitSync(isOver, wait)) return;
    } catch (error) {
      this.#giveUp(arrival);
      throw error;
    }
    if (this.#giveUp(arrival)) throw broken();
    this.#gathering.line.waitSync(isOver, FOR_EVER);
  }

  /** False: all have come meanwhile, and who runs the action counts on everybody. */
  #giveUp({ outcome, generation }: Arrival): boolean {
    return outcome === 'busy' || this.#gathering.breakUnlessOver(generation);
  }
}

function broken(): BrokenBarrierError {
  return new BrokenBarrierError('The barrier is broken');
}

registerHandle<Barrier, Description>(Barrier, {
  kind: BARRIER,
  describe: (barrier) => barrier.describe(),
  make: (object, [parties, options]) => new Barrier(parties, options, object),
});
