/**
 * A process that is never started. It is received and put together where real ones will be: in the server
 * before its first fork, so that what every child does first is loaded and compiled; and once more in a
 * child that waits for work, so that the memory for it is its own already when the work comes.
 */
import { packageEntry } from '../../package-root.js';
import { loadModule } from '../../serialization/pickle.js';
import { Pipe } from '../../transport/pipe.js';
import { unpickleProcess } from '../described-process.js';
import { Instructions } from '../instructions.js';
import {
  letBegin,
  type PickledProcess,
  sendAssignment,
  sendIntroduction,
} from '../spawn-protocol.js';
import { leaveUnused } from './leave-unused.js';

let rehearsal: PickledProcess | undefined;

/** Server side. */
export function prepareRehearsal(described: PickledProcess): Promise<void> {
  rehearsal = described;
  // Every payload refers to classes of it.
  loadModule(packageEntry);
  return rehearse();
}

export async function rehearse(): Promise<void> {
  const [reader, writer] = Pipe({ duplex: false });
  const { config } = rehearsal!;
  // Nobody reads while this writes: what it writes has to fit into a socket, which an environment may not.
  const introduction = { config, surroundings: undefined, forkserver: null };
  const instructions = new Instructions(reader, leaveUnused);
  await sendIntroduction(writer, introduction);
  await instructions.introduction();
  await sendAssignment(writer, rehearsal!);
  const assignment = await instructions.assignment();
  await letBegin(writer);
  await instructions.permission();
  for (const end of [reader, writer]) end.close();
  await unpickleProcess(config, assignment);
}
