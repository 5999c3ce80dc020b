/** Which client what is being decoded has come to. */
import type { ProxyClass, Reference } from './base-proxy.js';
import type { TravellingToken } from './token.js';

/** Takes hold of objects that a server has given to this process. */
export interface Receiver {
  /** The program's own classes of proxies, by typeid. */
  readonly proxyTypes: ReadonlyMap<string, ProxyClass> | undefined;
  hold(token: TravellingToken): Reference;
}

let current: Receiver | undefined;

/** What is decoded by `fn` has come from the server of this client, which has given it what is in there. */
export function receivingFor<T>(client: Receiver, fn: () => T): T {
  const outer = current;
  current = client;
  try {
    return fn();
  } finally {
    current = outer;
  }
}

export function receivingClient(): Receiver | undefined {
  return current;
}
