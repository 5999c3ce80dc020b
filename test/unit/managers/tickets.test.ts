import { describe, expect, it } from 'vitest';
import { ManagedType } from '../../../ts/managers/server/managed-type.js';
import type { Entry } from '../../../ts/managers/server/object-table.js';
import { ObjectTable } from '../../../ts/managers/server/object-table.js';
import { Tickets } from '../../../ts/managers/server/tickets.js';

const type = new ManagedType({
  typeid: 'T',
  callable: undefined,
  exposed: [],
  methodToTypeid: {},
  proxy: undefined,
});

function newTickets(): { tickets: Tickets; entry: Entry; own: Set<string> } {
  const table = new ObjectTable();
  return { tickets: new Tickets(table), entry: table.add({}, type), own: new Set() };
}

describe('a process has of tickets', () => {
  it('those whose proxies are on their way, and no others', () => {
    const { tickets, entry, own } = newTickets();
    for (const id of ['a', 'b', 'c']) tickets.issue(id, entry, own);
    expect([...own]).toEqual(['a', 'b', 'c']);
    tickets.redeem('a');
    tickets.drop('b');
    expect([...own]).toEqual(['c']);
    expect(entry.holds).toBe(1);
    tickets.clear();
    expect(own.size).toBe(0);
  });

  it('none whose proxy was faster', () => {
    const { tickets, entry, own } = newTickets();
    tickets.redeem('early');
    tickets.issue('early', entry, own);
    expect(own.size).toBe(0);
    expect(entry.holds).toBe(0);
  });
});
