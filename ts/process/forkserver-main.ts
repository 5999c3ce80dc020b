/**
 * Entry point of the forkserver: a small process that forks children for the processes of one tree. It
 * finds the root of the tree at the other end of descriptor 3, and ends with its last client.
 */
import os from 'node:os';
import { recordsCoverage } from '../environment.js';
import { native } from '../native/binding.js';
import { Connection } from '../transport/connection.js';
import { writeCoverage } from './coverage.js';
import { findLoaderThread } from './forked/loader-thread.js';
import { Gate } from './forkserver/gate.js';
import { preload } from './forkserver/preload.js';
import type { Boot, Ready } from './forkserver/protocol.js';
import { prepareRehearsal } from './forkserver/rehearsal.js';
import { prepareServedChildren } from './forkserver/served-child.js';
import { Forkserver } from './forkserver/server.js';
import { shareServer } from './forkserver/server-record.js';
import { CHANNEL_FD } from './spawn-protocol.js';
import { becomeHelper } from './this-process.js';

void main();

async function main(): Promise<void> {
  // Ctrl-C is for the program, which still needs its server to end in good order.
  native.setSignalIgnored(os.constants.signals.SIGINT, true);
  process.title = 'multiprocessing forkserver';
  becomeHelper();
  const root = Connection.fromFd(CHANNEL_FD);
  const { key, preload: modules, base, spares, rehearsal } = await root.recv<Boot>();
  const failures = await preload(modules, base);
  await prepareRehearsal(rehearsal);
  prepareServedChildren();
  // Now, when it can be whole before anybody reads it: the server ends only after the program.
  writeCoverage();
  const server = new Forkserver(spares, leave);
  const gate = new Gate(key, (client) => void server.serve(client));
  shareServer({ address: gate.address, key, pid: process.pid });
  const hasLoaderThread = findLoaderThread() !== undefined;
  const ready: Ready = { address: gate.address, failures, hasLoaderThread };
  await root.send(ready);
  await server.serve(root);
}

function leave(): void {
  // Node would write the coverage once more.
  if (recordsCoverage()) native.exitNow(0);
  process.exit();
}
