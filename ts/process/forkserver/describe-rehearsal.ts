/** Client side of the rehearsal: what is rehearsed. */
import { ProcessError } from '../../errors.js';
import type { Connection } from '../../transport/connection.js';
import { privatePipe } from '../private-pipe.js';
import { type PickledProcess, pickleProcess } from '../spawn-protocol.js';
import type { Rehearsals } from './protocol.js';

/** Like most processes: a function that travels by value, and a connection to send its result on. */
export async function describeRehearsals(): Promise<Rehearsals> {
  const factor = { of: 2 };
  const [reader, writer] = privatePipe({ duplex: false });
  try {
    return {
      server: await pickleSender((out, names) => out.send([...names, factor.of]), writer),
      // Of other code, since what is compiled already would not be compiled again.
      child: await pickleSender((out, names) => out.send([factor.of, ...names]), writer),
    };
  } finally {
    reader.close();
    writer.close();
  }
}

function pickleSender(
  target: (out: Connection, names: string[]) => Promise<void>,
  results: Connection,
): Promise<PickledProcess> {
  return pickleProcess({
    config: {
      name: 'rehearsal',
      identity: [1],
      daemon: false,
      detached: false,
      nests: false,
      authkey: new Uint8Array(32),
      parentPid: process.pid,
      rootPid: process.pid,
      parentName: 'MainProcess',
      program: 'node',
      inspector: undefined,
      logging: undefined,
      startMethod: 'forkserver',
      mainModule: null,
    },
    describe: () => ({
      // Any class of this package's: the real one stands above this module.
      processClass: ProcessError,
      target,
      args: [results, ['name']],
      fields: {},
    }),
  });
}
