/**
 * The start method `forkserver`. Processes: the client; a server, which is a small Node process of ours;
 * and its child, a fork of the server. The client asks the server for a child, and sends the child what
 * it is to do over a socket of its own, as `spawn` does. The client keeps the child's pidfd, and a socket
 * on which the server tells the exit code.
 */
import { requireFork } from './forked/fork-self.js';
import { requestChild } from './forkserver/client.js';
import { spawnPickled } from './launch-spawn.js';
import type { Launched, Launcher, LaunchRequest } from './launcher.js';
import { privatePipe } from './private-pipe.js';
import { deliver, type PickledProcess, pickleProcess } from './spawn-protocol.js';
import { describeSurroundings } from './surroundings.js';

export const forkserverLauncher: Launcher = {
  method: 'forkserver',

  requireSupport() {
    requireFork();
  },

  async launch(request: LaunchRequest): Promise<Launched> {
    // First: a value that cannot travel costs no process.
    const pickled = await pickleProcess(request);
    return (await forkPickled(pickled)) ?? spawnPickled(pickled);
  },
};

async function forkPickled(pickled: PickledProcess): Promise<Launched | undefined> {
  const [reader, writer] = privatePipe();
  try {
    const launched = await requestChild(reader.fileno());
    reader.close();
    if (launched === undefined) return undefined;
    // Not before we can tell how the child ends: what cannot be joined must not have begun its work.
    await deliver(writer, pickled, { surroundings: describeSurroundings(), forkserver: null });
    return launched;
  } finally {
    reader.close();
    writer.close();
  }
}
