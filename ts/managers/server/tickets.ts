import type { Entry, ObjectTable } from './object-table.js';

/** How long a proxy may be on its way when the process that has sent it is gone, in ms. */
const GRACE_MS = 60_000;
/** How many tickets that came too early are remembered. */
const MAX_EARLY = 10_000;

interface Ticket {
  readonly entry: Entry;
  /** Those of the process that has sent the proxy; undefined: this one. */
  readonly siblings: Set<string> | undefined;
  timer: NodeJS.Timeout | undefined;
}

/** Proxies that one process has sent to another: until they arrive, they hold their objects. */
export class Tickets {
  readonly #table: ObjectTable;
  readonly #tickets = new Map<string, Ticket>();
  // Of proxies that arrived before the server was told that they are on their way.
  readonly #early = new Set<string>();

  constructor(table: ObjectTable) {
    this.#table = table;
  }

  get size(): number {
    return this.#tickets.size;
  }

  /** A proxy is on its way. @param siblings - Has the ticket for as long as there is one. */
  issue(id: string, entry: Entry, siblings?: Set<string>): void {
    if (this.#early.delete(id)) return;
    this.#table.hold(entry);
    siblings?.add(id);
    this.#tickets.set(id, { entry, siblings, timer: undefined });
  }

  /** The proxy has arrived. */
  redeem(id: string): void {
    if (this.#tickets.has(id)) this.drop(id);
    else if (this.#early.size < MAX_EARLY) this.#early.add(id);
  }

  /** It is on its way no more. */
  drop(id: string): void {
    const ticket = this.#tickets.get(id);
    if (ticket === undefined) return;
    this.#tickets.delete(id);
    ticket.siblings?.delete(id);
    clearTimeout(ticket.timer);
    this.#table.release(ticket.entry);
  }

  /** Whoever has sent it is gone. */
  expire(id: string): void {
    const ticket = this.#tickets.get(id);
    if (ticket !== undefined) ticket.timer = setTimeout(() => this.drop(id), GRACE_MS).unref();
  }

  clear(): void {
    for (const id of [...this.#tickets.keys()]) this.drop(id);
  }
}
