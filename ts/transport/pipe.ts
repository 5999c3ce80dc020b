import { native } from '../native/binding.js';
import { validateBoolean, validateOptions } from '../validate.js';
import { Connection } from './connection.js';

export interface PipeOptions {
  /** Whether both ends send and receive. Default: true. */
  duplex?: boolean | undefined;
}

/**
 * Two connected ends of a pipe, to be given to two processes.
 * @returns With `duplex: false`, `[reader, writer]`.
 * @throws A system error, such as EMFILE.
 * @example
 * const [a, b] = Pipe();
 * await a.send({ hello: 'world' });
 * console.log(await b.recv());
 * @see Python: `multiprocessing.Pipe`; differs: always a socket pair, also in one direction.
 */
export function Pipe(options?: PipeOptions): [Connection, Connection] {
  const { duplex = true } = validateOptions(options);
  validateBoolean('duplex', duplex);
  const [first, second] = native.socketPair(duplex);
  return [
    Connection.fromFd(first, { readable: true, writable: duplex }),
    Connection.fromFd(second, { readable: duplex, writable: true }),
  ];
}
