/**
 * The start method `forkserver`. Processes: the client; a server, which is a small Node process of ours;
 * and its child, a fork of the server. The client asks the server for a child, and sends the child what
 * it is to do over a socket of its own, as `spawn` does. The client keeps the child's pidfd, and a socket
 * on which the server tells the exit code.
 */
import { requireFork } from './forked/fork-self.js';
import { letGo, type TakenOffer } from './forkserver/child-request.js';
import { requestChild, takeReserved } from './forkserver/client.js';
import { assignIntroduced, type IntroducedChild } from './forkserver/reserved-child.js';
import { spawnPickled } from './launch-spawn.js';
import type { Launched, Launcher, LaunchRequest } from './launcher.js';
import { type PickledProcess, withPickled } from './spawn-protocol.js';
import type { ChildConfig } from './this-process.js';

export const forkserverLauncher: Launcher = {
  method: 'forkserver',

  requireSupport() {
    requireFork();
  },

  async launch(request: LaunchRequest): Promise<Launched> {
    const reserved = takeReserved(request.config);
    if (reserved === undefined) return withPickled(request, launchAsked);
    // It wakes up while its work is pickled.
    return orLetGo(reserved, () =>
      withPickled(request, (pickled) => launchReserved(reserved, pickled)),
    );
  },
};

function launchReserved(reserved: IntroducedChild, pickled: PickledProcess): Promise<Launched> {
  if (assignIntroduced(reserved, pickled)) return begin(reserved, pickled.config);
  return launchAsked(pickled);
}

// First the pickling: a value that cannot travel costs no process.
async function launchAsked(pickled: PickledProcess): Promise<Launched> {
  const taken = await requestChild(pickled);
  if (taken === undefined) return spawnPickled(pickled);
  return orLetGo(taken, () => begin(taken, pickled.config));
}

async function orLetGo<T>(taken: TakenOffer, use: () => Promise<T>): Promise<T> {
  try {
    return await use();
  } catch (error) {
    letGo(taken);
    throw error;
  }
}

async function begin({ child, offer }: TakenOffer, config: ChildConfig): Promise<Launched> {
  await offer.begin(config);
  offer.close();
  return child;
}
