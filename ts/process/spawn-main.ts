/**
 * Entry point of a process started by `spawn`. Reads its SpawnEnvelope from descriptor 3, and runs what
 * it says. An end of file before that means that the parent is gone.
 */
import { Connection } from '../transport/connection.js';
import { receiveProcess, runDescribed } from './described-process.js';
import { dieWithParent } from './parent-process.js';
import './process-classes.js';
import { CHANNEL_FD } from './spawn-protocol.js';

void main();

async function main(): Promise<void> {
  const received = await receiveProcess(Connection.fromFd(CHANNEL_FD, { writable: false }));
  const { detached, parentPid } = received.envelope.config;
  if (!detached) dieWithParent(parentPid);
  await runDescribed(received);
}
