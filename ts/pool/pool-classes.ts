import { ForkProcess, ForkServerProcess, SpawnProcess } from '../process/process-classes.js';
import { Pool } from './pool.js';

/** A `Pool` whose workers are always started by `fork`. */
export class ForkPool extends Pool {
  /** @internal */
  static override readonly processClass = ForkProcess;
}

/** A `Pool` whose workers are always started by `forkserver`. */
export class ForkServerPool extends Pool {
  /** @internal */
  static override readonly processClass = ForkServerProcess;
}

/** A `Pool` whose workers are always started by `spawn`. */
export class SpawnPool extends Pool {
  /** @internal */
  static override readonly processClass = SpawnProcess;
}
