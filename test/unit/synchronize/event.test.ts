import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { Event } from '../../../ts/synchronize/event.js';

let event: Event;

beforeEach(() => {
  event = new Event();
});

afterEach(() => {
  vi.restoreAllMocks();
  event.close();
});

/** Runs `other` after each single step of `change`, as another process may. */
function betweenStepsOf(change: () => void, other: () => void): void {
  let isOther = false;
  for (const step of ['store', 'add', 'and', 'or', 'exchange', 'compareExchange'] as const) {
    const original = Atomics[step] as (...args: unknown[]) => unknown;
    vi.spyOn(Atomics, step).mockImplementation(((...args: unknown[]) => {
      const result = original.apply(Atomics, args);
      if (!isOther) {
        isOther = true;
        other();
        isOther = false;
      }
      return result;
    }) as never);
  }
  change();
  vi.restoreAllMocks();
}

describe('Event', () => {
  it('wakes who waits, though it is cleared at once', async () => {
    const waiting = event.wait();
    event.set();
    event.clear();
    expect(await waiting).toBe(true);
    expect(event.isSet()).toBe(false);
  });

  it('does not wake who has begun to wait after it was seen to be set, and was cleared', async () => {
    let waiting: Promise<boolean> | undefined;
    betweenStepsOf(
      () => event.set(),
      () => {
        if (waiting !== undefined || !event.isSet()) return;
        event.clear();
        waiting = event.wait({ timeout: 20 });
      },
    );
    expect(waiting).toBeDefined();
    expect(await waiting).toBe(false);
  });

  it('may be set any number of times', async () => {
    for (let i = 0; i < 3; i++) {
      const waiting = event.wait();
      event.set();
      event.set();
      expect(await waiting).toBe(true);
      expect(event.isSet()).toBe(true);
      event.clear();
      event.clear();
      expect(await event.wait({ timeout: 0 })).toBe(false);
    }
  });
});
