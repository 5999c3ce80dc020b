/**
 * Entry point of the forkserver: a small process that forks children for the processes of one tree. It
 * finds the root of the tree, which has started it, at the other end of descriptor 3. It ends with its last
 * client; and with the root, also while its JavaScript is busy: whoever else knows it ends with the root,
 * too.
 */
import { recordsCoverage } from '../environment.js';
import { native } from '../native/binding.js';
import { decode } from '../serialization/pickle.js';
import { Connection } from '../transport/connection.js';
import { writeCoverage } from './coverage.js';
import { findLoaderThread } from './forked/loader-thread.js';
import { Gate } from './forkserver/gate.js';
import { ignoreSignals } from './forkserver/ignored-signals.js';
import { isPeerGone } from './forkserver/peer-gone.js';
import { preload } from './forkserver/preload.js';
import type { Boot, Ready } from './forkserver/protocol.js';
import { prepareRehearsal } from './forkserver/rehearsal.js';
import { prepareServedChildren } from './forkserver/served-child.js';
import { Forkserver } from './forkserver/server.js';
import { shareServer } from './forkserver/server-record.js';
import { dieWithParent } from './parent-process.js';
import './process-classes.js';
import { adoptArena, CHANNEL_FD } from './spawn-protocol.js';
import { becomeHelper } from './this-process.js';

void main();

async function main(): Promise<void> {
  ignoreSignals();
  process.title = 'multiprocessing forkserver';
  becomeHelper();
  const root = Connection.fromFd(CHANNEL_FD);
  const { rootPid, key, settings, rehearsals } = await receiveBoot(root);
  dieWithParent(rootPid);
  native.setTreeRoot(rootPid);
  const failures = await preload(settings.preload, settings.base);
  await prepareRehearsal(rehearsals);
  prepareServedChildren();
  // Now, when it can be whole before anybody reads it: the server ends only after the program.
  writeCoverage();
  const server = new Forkserver(settings.spares, leave);
  const gate = new Gate(key, (client) => void server.serve(client));
  shareServer({ address: gate.address, key, pid: process.pid, settings });
  const hasLoaderThread = findLoaderThread() !== undefined;
  const ready: Ready = { address: gate.address, failures, hasLoaderThread };
  await root.send(ready).catch(leaveIfAlone);
  await server.serve(root);
}

/** With the arena of the tree, which the children of this server inherit. */
async function receiveBoot(root: Connection): Promise<Boot> {
  const { body, handles } = await root.recvFrame().catch(leaveIfAlone);
  for (const arena of handles) adoptArena(arena);
  return decode(body) as Boot;
}

// The thread that has started this server is gone.
function leaveIfAlone(error: unknown): never {
  if (isPeerGone(error)) process.exit(1);
  throw error;
}

function leave(): void {
  // Node would write the coverage once more.
  if (recordsCoverage()) native.exitNow(0);
  process.exit();
}
