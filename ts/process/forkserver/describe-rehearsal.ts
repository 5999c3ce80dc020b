/** Client side of the rehearsal: what is rehearsed. */
import { ProcessError } from '../../errors.js';
import { type PickledProcess, pickleProcess } from '../spawn-protocol.js';

/** Any process like most, with a function that travels by value. */
export function describeRehearsal(): Promise<PickledProcess> {
  const factor = { of: 2 };
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
      target: (value: number, names: string[]) => [value * factor.of, ...names],
      args: [0.5, ['name']],
      fields: {},
    }),
  });
}
