/**
 * A process that is never started. It is received and put together where real ones will be: in the server
 * before its first fork, so that what every child does first is loaded and compiled; and once more in a
 * child that waits for work, so that the memory for it is its own already when the work comes.
 */
import { packageEntry } from '../../package-root.js';
import { loadModule } from '../../serialization/pickle.js';
import type { Connection } from '../../transport/connection.js';
import { Pipe } from '../../transport/pipe.js';
import { unpickleProcess } from '../described-process.js';
import { Instructions } from '../instructions.js';
import { stateOf } from '../process-state.js';
import {
  letBegin,
  makeIntroduction,
  type PickledProcess,
  sendAssignment,
  sendIntroduction,
  wakeChild,
} from '../spawn-protocol.js';
import { leaveUnused } from './leave-unused.js';
import type { Rehearsals } from './protocol.js';

let forChildren: PickledProcess | undefined;

/** Server side. */
export function prepareRehearsal({ server, child }: Rehearsals): Promise<void> {
  forChildren = child;
  // Every payload refers to classes of it.
  loadModule(packageEntry);
  return rehearse(server);
}

/** In a child. */
export function rehearseAgain(): Promise<void> {
  return rehearse(forChildren!);
}

async function rehearse(rehearsal: PickledProcess): Promise<void> {
  const [reader, writer] = Pipe({ duplex: false });
  const [results, out] = Pipe({ duplex: false });
  const { config } = rehearsal;
  // Nobody reads while this writes: what it writes has to fit into a socket, which an environment may not.
  const introduction = makeIntroduction(config, { surroundings: undefined, forkserver: null });
  const instructions = new Instructions(reader, leaveUnused);
  await sendIntroduction(writer, introduction);
  await instructions.introduction();
  await wakeChild(writer);
  await sendAssignment(writer, { ...rehearsal, handles: [out.fileno()] });
  const assignment = await instructions.assignment();
  await letBegin(writer);
  await instructions.permission();
  const self = await unpickleProcess(config, assignment);
  const { target, args } = stateOf(self);
  await target!(...args);
  results.recvSync();
  for (const end of [reader, writer, results, out, args[0] as Connection]) end.close();
}
