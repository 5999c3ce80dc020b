/**
 * Child side of the forkserver: waits to be given work, which the server may do at once or much later, and
 * then becomes the client's child in all that can be seen of it.
 */
import { native } from '../../native/binding.js';
import { Connection } from '../../transport/connection.js';
import { closeAllConnections } from '../../transport/open-connections.js';
import { report } from '../bootstrap.js';
import { adaptTo, becomeDescribed, belongTo, runDescribed } from '../described-process.js';
import { installExitHandling } from '../exit.js';
import { Instructions } from '../instructions.js';
import { enterSurroundings, readEnvironment } from '../surroundings.js';
import { leaveUnused } from './leave-unused.js';
import { rehearseAgain } from './rehearsal.js';

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
  await rehearseAgain();
}

/** The others are the server's. */
function keepOnly(channel: Connection): Connection {
  const fd = channel.detach();
  closeAllConnections();
  return Connection.fromFd(fd, { writable: false });
}

/** What the server sends with the word that there is work. */
type Handles = [description: number, parent: number, out: number, err: number];

async function work(channel: Connection): Promise<void> {
  const { handles } = await channel.recvFrame().catch(leaveUnused);
  channel.close();
  const [description, parent, out, err] = handles as Handles;
  native.redirectOutput(out, err);
  for (const fd of [out, err]) native.closeFd(fd);
  const client = Connection.fromFd(description, { writable: false });
  const instructions = new Instructions(client, leaveUnused);
  const introduction = await instructions.introduction();
  const { circumstances } = introduction;
  if (!circumstances.detached) native.dieWithProcess(parent);
  enterSurroundings(introduction.surroundings!, environment);
  adaptTo(introduction);
  const assignment = await instructions.assignment();
  const config = { ...circumstances, ...assignment.particulars };
  becomeDescribed(config, parent);
  await instructions.permission();
  belongTo(client, config);
  await runDescribed(config, assignment, parent);
}
