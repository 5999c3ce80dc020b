import { RemoteError } from '../errors.js';
import { ToServer } from '../protocol.js';
import { Grants } from './grants.js';
import type { Entry, ObjectTable } from './object-table.js';
import type { Tickets } from './tickets.js';

/** What the books of a process are about. */
export interface Inventory {
  readonly table: ObjectTable;
  readonly tickets: Tickets;
  /** Undefined: there is no such object, or the secret is not its own. */
  find(object: number, secret: unknown): Entry | undefined;
}

/** What a process holds: the objects that it has proxies of, and those that it has sent proxies of to others. */
export class Books {
  readonly grants: Grants;
  readonly #inventory: Inventory;
  // Of proxies that are on their way.
  readonly #tickets = new Set<string>();

  constructor(inventory: Inventory) {
    this.#inventory = inventory;
    this.grants = new Grants(inventory.table);
  }

  /** Of a message that nobody awaits an answer to. @throws {RemoteError} it is none. */
  enter(kind: number, [first, second, third]: unknown[]): void {
    switch (kind) {
      case ToServer.ATTACH:
        this.#attach(first as number, second as Uint8Array, third as string | undefined);
        break;
      case ToServer.GRANT:
        this.#issue(first as number, second as string);
        break;
      case ToServer.REVOKE:
        this.#inventory.tickets.drop(first as string);
        break;
      case ToServer.RELEASE:
        this.grants.release(first as number, second as number);
        break;
      default:
        throw new RemoteError(`Expected a message for a server, received one of kind ${kind}`);
    }
  }

  /** The process is gone. What it has sent is on its way for a while yet. */
  close(): void {
    this.grants.clear();
    for (const ticket of this.#tickets) this.#inventory.tickets.expire(ticket);
  }

  #attach(id: number, secret: Uint8Array, ticket: string | undefined): void {
    const entry = this.#inventory.find(id, secret);
    if (entry !== undefined) this.grants.add(entry);
    if (ticket !== undefined) this.#inventory.tickets.redeem(ticket);
  }

  #issue(id: number, ticket: string): void {
    const entry = this.grants.find(id);
    if (entry !== undefined) this.#inventory.tickets.issue(ticket, entry, this.#tickets);
  }
}
