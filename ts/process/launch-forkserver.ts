/**
 * The start method `forkserver`. Processes: the client; a server, which is a small Node process of ours;
 * and its child, a fork of the server. The client asks the server for a child, and sends the child what
 * it is to do over a socket of its own, as `spawn` does. The client keeps the child's pidfd, and a socket
 * on which the server tells the exit code.
 */
import { requireFork } from './forked/fork-self.js';
import { letGo, type TakenOffer } from './forkserver/child-request.js';
import { requestChild } from './forkserver/client.js';
import { spawnPickled } from './launch-spawn.js';
import type { Launched, Launcher, LaunchRequest } from './launcher.js';
import { withPickled } from './spawn-protocol.js';
import type { ChildConfig } from './this-process.js';

export const forkserverLauncher: Launcher = {
  method: 'forkserver',

  requireSupport() {
    requireFork();
  },

  async launch(request: LaunchRequest): Promise<Launched> {
    // First: a value that cannot travel costs no process.
    return withPickled(request, async (pickled) => {
      const taken = await requestChild(pickled);
      return taken === undefined ? spawnPickled(pickled) : begin(taken, pickled.config);
    });
  },
};

async function begin(taken: TakenOffer, config: ChildConfig): Promise<Launched> {
  try {
    await taken.offer.begin(config);
  } catch (error) {
    letGo(taken);
    throw error;
  }
  taken.offer.close();
  return taken.child;
}
