import { type Address, showAddress } from '../connection/address.js';
import { Client as connectPlain } from '../connection/client.js';
import type { Connection } from '../transport/connection.js';
import { connectByTls } from './tls.js';
import type { ClientTls } from './token.js';

/** A connection to a server, over which neither has said anything yet. */
export function connect(options: {
  readonly address: Address;
  readonly tls: ClientTls | undefined;
  readonly timeout: number | undefined;
  readonly functions?: boolean;
}): Promise<Connection> {
  const { address, tls, timeout } = options;
  if (tls === undefined) return connectPlain(address, { timeout });
  if (typeof address === 'string') {
    throw new TypeError(`Expected { host, port } for TLS, received ${showAddress(address)}`);
  }
  return connectByTls(address, tls === true ? {} : tls, timeout);
}
