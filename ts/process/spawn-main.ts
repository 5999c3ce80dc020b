/**
 * Entry point of a process started by `spawn`. Reads its SpawnEnvelope from descriptor 3, and runs what
 * it says. An end of file before that means that the parent is gone.
 */
import { recordsCoverage } from '../environment.js';
import { native } from '../native/binding.js';
import { Connection } from '../transport/connection.js';
import { writeCoverage } from './coverage.js';
import { becomeDescribed, belongTo, receiveEnvelope, runDescribed } from './described-process.js';
import type { InheritedProcess } from './forked/inheritance.js';
import { leaveByExitNow } from './forked/leave.js';
import { dieWithParent } from './parent-process.js';
import './process-classes.js';
import { CHANNEL_FD } from './spawn-protocol.js';

void main();

async function main(): Promise<void> {
  const channel = Connection.fromFd(CHANNEL_FD, { writable: false });
  const received = await receiveEnvelope(channel);
  belongTo(channel, received);
  const { detached, parentPid } = received.envelope.config;
  if (!detached) dieWithParent(parentPid);
  if (recordsCoverage()) writeCoverageOurselves();
  becomeDescribed(received);
  await runDescribed(received);
}

// What Node writes at its ordinary exit would tell of wrong places in the files.
function writeCoverageOurselves(): void {
  leaveByExitNow({ process: process as unknown as InheritedProcess, native, writeCoverage });
}
