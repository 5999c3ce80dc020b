import type { Address } from '../../connection/address.js';
import { randomBytes } from '../../native/random.js';
import type { PickleContext } from '../../serialization/pickle.js';
import type { Reference } from '../base-proxy.js';
import { destinationOf } from '../destination.js';
import type { TravellingToken } from '../token.js';
import type { Entry } from './object-table.js';
import { Recipient } from './recipient.js';
import type { Tickets } from './tickets.js';

/** The server of a reference. */
export interface HomeServer {
  readonly id: string;
  readonly address: Address;
  readonly tickets: Tickets;
  /** What gives access to one object. */
  secretOf(object: number): Uint8Array;
  invoke(entry: Entry, method: string, args: unknown[]): unknown;
}

/** How a proxy in the server's own process reaches its object, which it keeps alive by referring to it. */
export class LocalReference implements Reference {
  readonly entry: Entry;
  readonly release: undefined;
  readonly #server: HomeServer;

  constructor(server: HomeServer, entry: Entry) {
    this.#server = server;
    this.entry = entry;
  }

  get server(): string {
    return this.#server.id;
  }

  get typeid(): string {
    return this.entry.type.typeid;
  }

  get object(): number {
    return this.entry.id;
  }

  get exposed(): readonly string[] {
    return this.entry.exposed;
  }

  async call(method: string, args: unknown[]): Promise<unknown> {
    return this.#server.invoke(this.entry, method, args);
  }

  toToken(context: PickleContext): Omit<TravellingToken, 'proxy'> {
    const { id, address } = this.#server;
    return {
      server: id,
      address,
      tls: undefined,
      object: this.object,
      typeid: this.typeid,
      exposed: this.exposed,
      secret: this.#server.secretOf(this.object),
      hold: this.#holdFor(context),
    };
  }

  #holdFor({ scratch, undo }: PickleContext): string {
    const destination = destinationOf(scratch);
    if (destination instanceof Recipient) {
      destination.grant(this.entry);
      undo.push(() => destination.release(this.object, 1));
      return 'granted';
    }
    const ticket = randomBytes(16).toString('hex');
    const { tickets } = this.#server;
    tickets.issue(ticket, this.entry);
    undo.push(() => tickets.drop(ticket));
    return ticket;
  }
}
