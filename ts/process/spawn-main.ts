/**
 * Entry point of a process started by `spawn`. Reads from descriptor 3 who it is and what it is to do, and
 * does it. An end of file before that means that the parent is gone.
 */
import { recordsCoverage } from '../environment.js';
import { native } from '../native/binding.js';
import { Connection } from '../transport/connection.js';
import { writeCoverage } from './coverage.js';
import { adaptTo, becomeDescribed, belongTo, runDescribed } from './described-process.js';
import type { InheritedProcess } from './forked/inheritance.js';
import { leaveByExitNow } from './forked/leave.js';
import { Instructions } from './instructions.js';
import { dieWithParent } from './parent-process.js';
import './process-classes.js';
import { CHANNEL_FD } from './spawn-protocol.js';

void main();

async function main(): Promise<void> {
  const channel = Connection.fromFd(CHANNEL_FD, { writable: false });
  const instructions = new Instructions(channel, () => process.exit(1));
  const introduction = await instructions.introduction();
  const assignment = await instructions.assignment();
  const config = { ...introduction.circumstances, ...assignment.particulars };
  belongTo(channel, config);
  if (!config.detached) dieWithParent(config.parentPid);
  if (recordsCoverage()) writeCoverageOurselves();
  adaptTo(introduction);
  becomeDescribed(config);
  await runDescribed(config, assignment);
}

// What Node writes at its ordinary exit would tell of wrong places in the files.
function writeCoverageOurselves(): void {
  leaveByExitNow({ process: process as unknown as InheritedProcess, native, writeCoverage });
}
