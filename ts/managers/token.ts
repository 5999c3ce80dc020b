import type { ConnectionOptions, TlsOptions } from 'node:tls';
import type { Address } from '../connection/address.js';

/** How a client of a remote manager connects by TLS. */
export type ClientTls = ConnectionOptions | true;

/** How a server takes TLS connections. */
export type ServerTls = TlsOptions;

/** An object of a server, as processes tell each other of it. */
export interface Token {
  /** Of the server: no two have the same. */
  readonly server: string;
  readonly address: Address;
  readonly tls: ClientTls | undefined;
  /** The number of the object. */
  readonly object: number;
  readonly typeid: string;
  /** The methods that may be called. */
  readonly exposed: readonly string[];
  /** Gives access to this object, and to what its methods give. It is not the manager's authkey. */
  readonly secret: Uint8Array;
}

/** What travels of a proxy. */
export interface TravellingToken extends Token {
  /** The class of the proxy, when it is one of the package's; undefined: the class travels along. */
  readonly proxy: string | undefined;
  /**
   * What holds the object until the receiver does. `'granted'`: the receiver does already; undefined: nothing
   * but what holds it anyway.
   */
  readonly hold: 'granted' | string | undefined;
}

/** What a client needs to know whether it talks to the right server; nothing that is secret. */
export function clientTls(tls: ClientTls | undefined): ClientTls | undefined {
  if (tls === undefined || tls === true) return tls;
  const { ca, servername, rejectUnauthorized } = tls;
  return {
    ...(ca !== undefined && { ca }),
    ...(servername !== undefined && { servername }),
    ...(rejectUnauthorized !== undefined && { rejectUnauthorized }),
  };
}
