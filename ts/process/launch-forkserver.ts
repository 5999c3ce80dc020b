/**
 * The start method `forkserver`. Processes: the client; a server, which is a small Node process of ours;
 * and its child, a fork of the server. The client asks the server for a child, and sends the child what
 * it is to do over a socket of its own, as `spawn` does. The client keeps the child's pidfd, and a socket
 * on which the server tells the exit code.
 */
import { native } from '../native/binding.js';
import { requireFork } from './forked/fork-self.js';
import { requestChild, type TakenOffer } from './forkserver/client.js';
import { Offer } from './forkserver/offer.js';
import { spawnPickled } from './launch-spawn.js';
import type { Launched, Launcher, LaunchRequest } from './launcher.js';
import { withPickled } from './spawn-protocol.js';

export const forkserverLauncher: Launcher = {
  method: 'forkserver',

  requireSupport() {
    requireFork();
  },

  async launch(request: LaunchRequest): Promise<Launched> {
    // First: a value that cannot travel costs no process.
    return withPickled(request, async (pickled) => {
      const taken = await requestChild(() => new Offer(pickled));
      return taken === undefined ? spawnPickled(pickled) : begin(taken);
    });
  },
};

async function begin({ child, offer }: TakenOffer): Promise<Launched> {
  try {
    await offer.begin();
    return child;
  } catch (error) {
    for (const fd of [child.handle, child.status!]) native.closeFd(fd);
    throw error;
  } finally {
    offer.close();
  }
}
