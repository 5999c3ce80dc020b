/**
 * The protocol of ts/synchronize/notifications.ts in all orders that a few waiters and notifiers can have: each
 * notification reaches just one of those who waited when it was given, unless there was none; also when waiters give
 * up. A waiter here looks again and again, where in truth it sleeps until it is woken.
 */
import { describe, expect, it } from 'vitest';

interface Memory {
  holder: number;
  tickets: number;
  limit: number;
  waiters: number;
  grants: number;
  /** How many notifications there were somebody for. */
  owed: number;
}

interface Actor {
  kind: 'waiter' | 'quitter' | 'notifier';
  step: string;
  ticket: number;
  seen: string;
  notified: boolean;
}

interface State {
  memory: Memory;
  actors: Actor[];
}

const FREE = -1;
const counts = ({ waiters, grants }: Memory) => `${waiters} ${grants}`;

/** Whether the step cannot be done now. */
function isBlocked({ holder, limit, grants }: Memory, { step, ticket }: Actor): boolean {
  if (step === 'acquire' || step === 'acquireAgain') return holder !== FREE;
  return step === 'read' && (ticket >= limit || grants === 0);
}

type Step = (memory: Memory, actor: Actor, self: number) => void;

const steps: Record<string, Step> = {
  acquire(memory, actor, self) {
    memory.holder = self;
    actor.step = actor.kind === 'notifier' ? 'setLimit' : 'enter';
  },
  // Under the lock.
  enter(memory, actor) {
    actor.ticket = memory.tickets++;
    actor.step = 'countIn';
  },
  countIn(memory, actor) {
    memory.waiters++;
    memory.holder = FREE;
    actor.step = 'read';
  },
  // Without the lock.
  read(memory, actor) {
    actor.seen = counts(memory);
    actor.step = 'takeGrant';
  },
  takeGrant(memory, actor) {
    actor.step = 'read';
    if (actor.seen !== counts(memory)) return;
    memory.grants--;
    memory.waiters--;
    actor.notified = true;
    actor.step = 'acquireAgain';
  },
  acquireAgain(memory, actor, self) {
    memory.holder = self;
    actor.step = actor.notified ? 'release' : 'leave';
  },
  leave(memory, actor) {
    // As in `read` and `takeGrant`: tries until it succeeds, or there is nothing for it.
    if (actor.ticket < memory.limit && memory.grants > 0) {
      memory.grants--;
      actor.notified = true;
    }
    memory.waiters--;
    actor.step = 'release';
  },
  // The notifier, under the lock.
  setLimit(memory, actor) {
    memory.limit = memory.tickets;
    actor.step = 'readCounts';
  },
  readCounts(memory, actor) {
    actor.seen = counts(memory);
    actor.step = 'grant';
  },
  grant(memory, actor) {
    actor.step = 'readCounts';
    if (actor.seen !== counts(memory)) return;
    if (memory.grants < memory.waiters) {
      memory.grants++;
      memory.owed++;
    }
    actor.step = 'release';
  },
  release(memory, actor) {
    memory.holder = FREE;
    actor.step = 'ended';
  },
};

function copyOf({ memory, actors }: State): State {
  return { memory: { ...memory }, actors: actors.map((actor) => ({ ...actor })) };
}

function successorsOf(state: State, table: typeof steps): State[] {
  return state.actors.flatMap(({ kind, step }, self) => {
    if (step === 'ended') return [];
    const next: State[] = [];
    if (!isBlocked(state.memory, state.actors[self]!)) {
      const after = copyOf(state);
      table[step]!(after.memory, after.actors[self]!, self);
      next.push(after);
    }
    if (kind === 'quitter' && step === 'read') {
      const given = copyOf(state);
      given.actors[self]!.step = 'acquireAgain';
      next.push(given);
    }
    return next;
  });
}

/** The states at which nobody can go on. */
function ends(kinds: Actor['kind'][], table = steps): State[] {
  const actors = kinds.map((kind) => ({
    kind,
    step: 'acquire',
    ticket: -1,
    seen: '',
    notified: false,
  }));
  const memory = { holder: FREE, tickets: 0, limit: 0, waiters: 0, grants: 0, owed: 0 };
  const seen = new Set<string>();
  const found: State[] = [];
  const stack: State[] = [{ memory, actors }];
  for (let state = stack.pop(); state !== undefined; state = stack.pop()) {
    const key = JSON.stringify(state);
    if (seen.has(key)) continue;
    seen.add(key);
    const successors = successorsOf(state, table);
    if (successors.length === 0) found.push(state);
    stack.push(...successors);
  }
  return found;
}

const isExact = ({ memory, actors }: State) =>
  actors.filter(({ notified }) => notified).length === memory.owed &&
  memory.grants === 0 &&
  memory.holder === FREE;

const casts: Actor['kind'][][] = [
  ['waiter', 'notifier'],
  ['waiter', 'waiter', 'notifier'],
  ['waiter', 'waiter', 'notifier', 'notifier'],
  ['quitter', 'notifier', 'notifier'],
  ['waiter', 'quitter', 'notifier'],
  ['waiter', 'quitter', 'notifier', 'notifier'],
  ['quitter', 'quitter', 'notifier', 'notifier'],
];

describe('the notifications of a condition', () => {
  it.each(casts.map((cast) => [cast.join(', '), cast] as const))('are exact: %s', (_, cast) => {
    const all = ends(cast);
    expect(all.length).toBeGreaterThan(0);
    expect(all.filter((state) => !isExact(state))).toEqual([]);
  });

  it('would be lost if who gives up did not look once more under the lock', () => {
    const leave: Step = (memory, actor) => {
      memory.waiters--;
      actor.step = 'release';
    };
    const all = ends(['waiter', 'quitter', 'notifier'], { ...steps, leave });
    expect(all.filter((state) => !isExact(state)).length).toBeGreaterThan(0);
  });

  it('would be doubled if a waiter did not compare what it has read', () => {
    const takeGrant: Step = (memory, actor) => {
      memory.grants--;
      memory.waiters--;
      actor.notified = true;
      actor.step = 'acquireAgain';
    };
    const all = ends(['waiter', 'waiter', 'notifier'], { ...steps, takeGrant });
    expect(all.filter((state) => !isExact(state)).length).toBeGreaterThan(0);
  });
});
