import type { Entry, ObjectTable } from './object-table.js';

interface Grant {
  readonly entry: Entry;
  times: number;
}

/** The objects of which a process has proxies, each with how often it was given them. */
export class Grants {
  readonly #table: ObjectTable;
  readonly #grants = new Map<number, Grant>();

  constructor(table: ObjectTable) {
    this.#table = table;
  }

  /** Undefined: the process has no proxy of it. */
  find(id: number): Entry | undefined {
    return this.#grants.get(id)?.entry;
  }

  add(entry: Entry): void {
    const grant = this.#grants.get(entry.id);
    if (grant !== undefined) {
      grant.times++;
      return;
    }
    this.#table.hold(entry);
    this.#grants.set(entry.id, { entry, times: 1 });
  }

  /**
   * The process had so many proxies when it let go. It has it still when it was given more since: those were on their
   * way to it.
   */
  release(id: number, times: number): void {
    const grant = this.#grants.get(id);
    if (grant === undefined) return;
    grant.times -= times;
    if (grant.times > 0) return;
    this.#grants.delete(id);
    this.#table.release(grant.entry);
  }

  /** The process is gone. */
  clear(): void {
    for (const { entry } of this.#grants.values()) this.#table.release(entry);
    this.#grants.clear();
  }
}
