/**
 * Child side of the forkserver: waits to be given work, which the server may do at once or much later, and
 * then becomes the client's child in all that can be seen of it.
 */
import { native } from '../../native/binding.js';
import { Connection } from '../../transport/connection.js';
import { closeAllConnections } from '../../transport/open-connections.js';
import { report } from '../bootstrap.js';
import {
  becomeDescribed,
  belongTo,
  permission,
  receiveEnvelope,
  runDescribed,
} from '../described-process.js';
import { installExitHandling } from '../exit.js';
import { UNKNOWN_EXIT_CODE } from '../exit-source.js';
import { makeOutputSynchronous } from '../stdio.js';
import { enterSurroundings, readEnvironment } from '../surroundings.js';
import { rehearse } from './rehearsal.js';

/** The environment of the server, which no child changes before it has work. */
let environment = '';

/** In the server, before its first fork. */
export function prepareServedChildren(): void {
  environment = readEnvironment();
}

/** `channel`: where the work will come from; `isSpare`: there is time to get warm before. */
export async function enterServedChild(channel: Connection, isSpare: boolean): Promise<void> {
  try {
    const kept = keepOnly(channel);
    if (isSpare) await warmUp();
    await work(kept);
  } catch (error) {
    report('forkserver', error);
    native.exitNow(1);
  }
}

async function warmUp(): Promise<void> {
  installExitHandling();
  await rehearse();
}

/** The others are the server's. */
function keepOnly(channel: Connection): Connection {
  const fd = channel.detach();
  closeAllConnections();
  return Connection.fromFd(fd, { writable: false });
}

async function work(channel: Connection): Promise<void> {
  const { handles } = await channel.recvFrame().catch(leaveUnused);
  channel.close();
  const [description, parent, out, err] = handles as [number, number, number, number];
  native.redirectOutput(out, err);
  for (const fd of [out, err]) native.closeFd(fd);
  // Now, since there may be time until the work comes.
  makeOutputSynchronous(process);
  const client = Connection.fromFd(description, { writable: false });
  const received = await receiveEnvelope(client);
  if (!received.envelope.config.detached) native.dieWithProcess(parent);
  enterSurroundings(received.envelope.surroundings!, environment);
  becomeDescribed(received, parent);
  await permission(client);
  belongTo(client, received);
  await runDescribed(received, parent);
}

// The server is gone, or has no use for this child any more. If it had promised the child to somebody
// before it died, that is the exit code to be seen.
function leaveUnused(): never {
  native.exitNow(UNKNOWN_EXIT_CODE);
  throw new Error('unreachable');
}
