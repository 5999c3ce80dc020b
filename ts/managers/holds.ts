import { type ClientTls, clientTls, type Token, type TravellingToken } from './token.js';

/** An object of which this process has proxies. */
export interface Hold {
  readonly token: Token;
  /** How many. */
  proxies: number;
  /** How often the server has given it, or will have given it, to this connection. */
  grants: number;
}

/** The objects of one server of which this process has proxies. */
export class Holds implements Iterable<Hold> {
  readonly #holds = new Map<number, Hold>();

  get size(): number {
    return this.#holds.size;
  }

  [Symbol.iterator](): Iterator<Hold> {
    return this.#holds.values();
  }

  /** Another proxy. @param tls - How the server is reached from here. */
  add(token: TravellingToken, tls: ClientTls | undefined): Hold {
    let hold = this.#holds.get(token.object);
    if (hold === undefined) {
      const { server, address, object, typeid, exposed, secret } = token;
      const kept = { server, address, object, typeid, exposed, secret, tls: clientTls(tls) };
      hold = { token: kept, proxies: 0, grants: 0 };
      this.#holds.set(object, hold);
    }
    hold.proxies++;
    return hold;
  }

  /** A proxy less. @returns The hold, when it was the last one. */
  release(object: number): Hold | undefined {
    const hold = this.#holds.get(object);
    if (hold === undefined || --hold.proxies > 0) return undefined;
    this.#holds.delete(object);
    return hold;
  }
}
