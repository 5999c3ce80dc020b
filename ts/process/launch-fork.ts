/**
 * The start method `fork`. Processes: the parent, and its child, which is a copy of it. No message
 * goes between them at the start: target and arguments are in the memory that the child inherits.
 * The parent keeps the pidfd; nothing else is shared on purpose.
 */
import { ForkUnsupportedError } from '../errors.js';
import { runBeforeForkHooks } from '../lifecycle/before-fork.js';
import { markAllConnectionsShared } from '../transport/open-connections.js';
import { runChild } from './bootstrap.js';
import { forkSelf, requireFork } from './forked/fork-self.js';
import type { Launched, Launcher, LaunchRequest } from './launcher.js';
import { outliveParent } from './outlive-parent.js';
import { flushOutput } from './stdio.js';
import { becomeChild } from './this-process.js';

export const forkLauncher: Launcher = {
  method: 'fork',

  requireSupport() {
    // Not imported: it takes milliseconds to load.
    if (!process.getBuiltinModule('node:worker_threads').isMainThread) {
      throw new ForkUnsupportedError(
        'fork does not work in a worker_thread: the child would have no main thread. ' +
          'Use the start method forkserver there',
      );
    }
    requireFork();
  },

  async launch(request: LaunchRequest): Promise<Launched> {
    await flushOutput();
    markAllConnectionsShared();
    const takeOver = runBeforeForkHooks();
    const { config } = request;
    return forkSelf({
      name: config.name,
      diesWithParent: !config.detached,
      begin() {
        becomeChild(config);
        takeOver();
        if (config.detached) outliveParent();
        void runChild(request);
      },
    });
  },
};
