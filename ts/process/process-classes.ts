import type { Launcher } from './launcher.js';
import { registerOwnClass } from './own-classes.js';
import { Process } from './process.js';
import { launcherOf } from './start-methods.js';

/** A `Process` that is always started by `fork`. */
export class ForkProcess<A extends unknown[] = unknown[]> extends Process<A> {
  /** @internal */
  override launcher(): Launcher {
    return launcherOf('fork');
  }
}

/** A `Process` that is always started by `forkserver`. */
export class ForkServerProcess<A extends unknown[] = unknown[]> extends Process<A> {
  /** @internal */
  override launcher(): Launcher {
    return launcherOf('forkserver');
  }
}

/** A `Process` that is always started by `spawn`. */
export class SpawnProcess<A extends unknown[] = unknown[]> extends Process<A> {
  /** @internal */
  override launcher(): Launcher {
    return launcherOf('spawn');
  }
}

registerOwnClass('ForkProcess', ForkProcess);
registerOwnClass('ForkServerProcess', ForkServerProcess);
registerOwnClass('SpawnProcess', SpawnProcess);
