import type { Address } from '../connection/address.js';
import { Client as connectPlain } from '../connection/client.js';
import { EOFError } from '../errors.js';
import type { Connection } from '../transport/connection.js';
import { invalidType } from '../validate.js';
import { introduce, type Scope } from './handshake.js';
import { connectByTls } from './tls.js';
import type { ClientTls } from './token.js';

/** With what a process comes to a server. */
export interface Credentials {
  readonly scope: Scope;
  readonly key: Uint8Array;
}

export interface Destination {
  readonly address: Address;
  readonly tls: ClientTls | undefined;
  /** How long the server may be silent, in ms; undefined: for ever. */
  readonly timeout: number | undefined;
}

/** @returns The connection, and the id of the server. @throws As `connection.Client`; as `connectByTls` */
export async function connect(
  destination: Destination,
  { scope, key }: Credentials,
): Promise<readonly [Connection, string]> {
  const connection = await dial(destination);
  try {
    const id = await introduce(connection, scope, key, { timeout: destination.timeout });
    return [connection, id];
  } catch (error) {
    connection.close();
    throw error;
  }
}

/** However the system tells that the other side has ended. */
export function isEndOfPeer(error: Error): boolean {
  const { code } = error as NodeJS.ErrnoException;
  return error instanceof EOFError || code === 'EPIPE' || code === 'ECONNRESET';
}

function dial({ address, tls, timeout }: Destination): Promise<Connection> {
  if (tls === undefined) return connectPlain(address, { timeout });
  if (typeof address === 'string') {
    return Promise.reject(invalidType('address', '{ host, port }, for TLS', address));
  }
  return connectByTls(address, tls === true ? {} : tls, timeout);
}
