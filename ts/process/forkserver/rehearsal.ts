/**
 * A process that is never started. It is received and put together where real ones will be: in the server
 * before its first fork, so that what every child does first is loaded and compiled; and once more in a
 * child that waits for work, so that the memory for it is its own already when the work comes.
 */
import { ProcessError } from '../../errors.js';
import { packageEntry } from '../../package-root.js';
import { loadModule } from '../../serialization/pickle.js';
import { Pipe } from '../../transport/pipe.js';
import { receiveProcess, unpickleProcess } from '../described-process.js';
import { deliver, type PickledProcess, pickleProcess } from '../spawn-protocol.js';
import { describeSurroundings } from '../surroundings.js';

/** Client side: a process like most, with a function that travels by value. */
export function describeRehearsal(): Promise<PickledProcess> {
  const factor = { of: 2 };
  return pickleProcess({
    config: {
      name: 'rehearsal',
      identity: [1],
      daemon: false,
      authkey: new Uint8Array(32),
      parentPid: process.pid,
      parentName: 'MainProcess',
      program: 'node',
      inspector: undefined,
      startMethod: 'forkserver',
    },
    describe: () => ({
      // Any class of this package's: the real one stands above this module.
      processClass: ProcessError,
      target: (value: number, names: string[]) => [value * factor.of, ...names],
      args: [0.5, ['name']],
      fields: {},
    }),
  });
}

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
  const surroundings = describeSurroundings();
  const [received] = await Promise.all([
    receiveProcess(reader),
    deliver(writer, rehearsal!, { surroundings, forkserver: null }),
  ]);
  writer.close();
  await unpickleProcess(received);
}
