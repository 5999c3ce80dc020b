import { beforeEach, describe, expect, it } from 'vitest';
import { BusyPoll } from '../../../ts/managers/busy-poll.js';

let now: number;
let turns: (() => void)[];
let hasOtherCpus: boolean;
let poll: BusyPoll;

beforeEach(() => {
  now = 1;
  turns = [];
  hasOtherCpus = true;
  poll = new BusyPoll(
    { now: () => now, setImmediate: (turn) => turns.push(turn) },
    () => hasOtherCpus,
  );
});

/** Lets the event loop turn as often as it is kept from sleeping, at most 100 times, each of 10 µs. */
function turnsUntilSleep(): number {
  for (let count = 0; count < 100; count++) {
    const turn = turns.shift();
    if (turn === undefined) return count;
    now += 0.01;
    turn();
  }
  return 100;
}

function waitInVain(): void {
  poll.await();
  turnsUntilSleep();
}

describe('BusyPoll', () => {
  it('keeps the loop from sleeping for 200 µs', () => {
    poll.await();
    expect(turnsUntilSleep()).toBeGreaterThanOrEqual(20);
    expect(turnsUntilSleep()).toBe(0);
  });

  it('lets it sleep as soon as what was awaited has come', () => {
    poll.await();
    poll.arrived();
    expect(turnsUntilSleep()).toBe(1);
  });

  it('turns once per turn, whatever many wait', () => {
    poll.await();
    poll.await();
    expect(turns).toHaveLength(1);
  });

  it('begins anew with each wait', () => {
    poll.await();
    poll.arrived();
    poll.await();
    expect(turnsUntilSleep()).toBeGreaterThanOrEqual(20);
  });

  it('tries less often the more often it was in vain, down to every 17th time', () => {
    const skipped = Array.from({ length: 7 }, () => {
      waitInVain();
      for (let count = 0; ; count++) {
        poll.await();
        if (turns.length > 0) return count;
      }
    });
    expect(skipped).toEqual([1, 2, 4, 8, 16, 16, 16]);
  });

  it('tries as often as before once something comes in time', () => {
    for (let i = 0; i < 40; i++) waitInVain();
    while (turns.length === 0) poll.await();
    poll.arrived();
    turnsUntilSleep();
    poll.await();
    expect(turns).toHaveLength(1);
  });

  it('leaves a single CPU to whoever is to answer', () => {
    hasOtherCpus = false;
    poll.await();
    expect(turns).toHaveLength(0);
  });
});
