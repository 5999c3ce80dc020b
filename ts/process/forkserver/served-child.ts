/**
 * Child side of the forkserver: waits to be given work, which the server may do at once or much later, and
 * then becomes the client's child in all that can be seen of it.
 */
import { native } from '../../native/binding.js';
import { Connection } from '../../transport/connection.js';
import { closeAllConnections } from '../../transport/open-connections.js';
import { report } from '../bootstrap.js';
import { becomeDescribed, belongTo, runDescribed } from '../described-process.js';
import { installExitHandling } from '../exit.js';
import { Instructions } from '../instructions.js';
import { makeOutputSynchronous } from '../stdio.js';
import { enterSurroundings, readEnvironment } from '../surroundings.js';
import { leaveUnused } from './leave-unused.js';
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
  const instructions = new Instructions(client, leaveUnused);
  const introduction = await instructions.introduction();
  const { config } = introduction;
  if (!config.detached) native.dieWithProcess(parent);
  enterSurroundings(introduction.surroundings!, environment);
  becomeDescribed(introduction, parent);
  const assignment = await instructions.assignment();
  await instructions.permission();
  belongTo(client, config);
  await runDescribed(config, assignment, parent);
}
