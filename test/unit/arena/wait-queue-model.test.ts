/**
 * The protocol of native/os/wait_queue.h and ts/arena/wait-line.ts, step by step, in all orders that a few
 * participants can have: whoever waits for what is there has somebody on the way to wake him. The clock by
 * which waiters also look for themselves does not exist here.
 */
import { describe, expect, it } from 'vitest';

/** What is in the arena: the lock, the sets, and the flag that somebody may be in them. */
interface Memory {
  holder: number;
  waiting: number;
  loops: number;
  threads: number;
  sequence: number;
}

/** A participant: at which step it is, and what it remembers. */
interface Actor {
  kind: 'loop' | 'thread';
  step: string;
  rung: boolean;
  seen: number;
  seenWaiting: number;
  /** How often it still wants to have the lock. */
  turns: number;
  next: string;
}

interface State {
  memory: Memory;
  actors: Actor[];
}

type Step = (state: State, self: number) => void;

const isOdd = (number: number) => number % 2 === 1;
const bit = (self: number) => 1 << self;

/** One atomic access to the arena each, as in the sources. */
const steps: Record<string, Step> = {
  take({ memory, actors }, self) {
    const actor = actors[self]!;
    if (memory.holder === 0) {
      memory.holder = bit(self);
      actor.step = 'release';
    } else {
      actor.step = 'join';
    }
  },
  join({ memory, actors }, self) {
    const actor = actors[self]!;
    if (actor.kind === 'loop') memory.loops |= bit(self);
    else memory.threads |= bit(self);
    actor.step = 'announce';
  },
  announce({ memory, actors }, self) {
    memory.waiting = (memory.waiting | 1) + 2;
    actors[self]!.step = actors[self]!.kind === 'loop' ? 'look' : 'readSequence';
  },
  readSequence({ memory, actors }, self) {
    actors[self]!.seen = memory.sequence;
    actors[self]!.step = 'look';
  },
  look({ memory, actors }, self) {
    const actor = actors[self]!;
    if (memory.holder === 0) {
      memory.holder = bit(self);
      actor.step = 'leave';
    } else {
      actor.step = actor.kind === 'loop' ? 'checkArmed' : 'sleep';
    }
  },
  checkArmed({ memory, actors }, self) {
    actors[self]!.step = (memory.loops & bit(self)) !== 0 ? 'sleep' : 'join';
  },
  /** A futex compares and sleeps in one; a loop that was rung meanwhile finds its doorbell readable. */
  sleep({ memory, actors }, self) {
    const actor = actors[self]!;
    const isAwake = actor.kind === 'loop' ? actor.rung : memory.sequence !== actor.seen;
    actor.step = isAwake ? 'wokenUp' : 'asleep';
  },
  wokenUp({ actors }, self) {
    const actor = actors[self]!;
    actor.rung = false;
    actor.step = actor.kind === 'loop' ? 'look' : 'readSequence';
  },
  leave({ memory, actors }, self) {
    memory.loops &= ~bit(self);
    memory.threads &= ~bit(self);
    const actor = actors[self]!;
    actor.next = 'release';
    actor.step = memory.holder === 0 ? 'wake' : 'release';
  },
  /** One who gives up looks whether he was woken in vain. */
  giveUp({ memory, actors }, self) {
    memory.loops &= ~bit(self);
    memory.threads &= ~bit(self);
    actors[self]!.next = 'ended';
    actors[self]!.step = 'passOn';
  },
  passOn({ memory, actors }, self) {
    actors[self]!.step = memory.holder === 0 ? 'wake' : 'ended';
  },
  release({ memory, actors }, self) {
    const actor = actors[self]!;
    memory.holder = 0;
    actor.turns--;
    actor.next = actor.turns > 0 ? 'take' : 'ended';
    actor.step = 'wake';
  },
  wake({ memory, actors }, self) {
    const actor = actors[self]!;
    actor.seenWaiting = memory.waiting;
    actor.step = isOdd(memory.waiting) ? 'wakeThread' : actor.next;
  },
  wakeThread({ memory, actors }, self) {
    if (memory.threads !== 0) {
      memory.sequence++;
      const sleeper = actors.find(({ kind, step }) => kind === 'thread' && step === 'asleep');
      if (sleeper !== undefined) sleeper.step = 'wokenUp';
    }
    actors[self]!.step = 'ring';
  },
  ring({ memory, actors }, self) {
    const chosen = actors.findIndex((_, i) => (memory.loops & bit(i)) !== 0);
    if (chosen >= 0) {
      memory.loops &= ~bit(chosen);
      actors[chosen]!.rung = true;
      if (actors[chosen]!.step === 'asleep') actors[chosen]!.step = 'wokenUp';
    }
    actors[self]!.step = 'anybodyLeft';
  },
  anybodyLeft({ memory, actors }, self) {
    const actor = actors[self]!;
    actor.step = memory.threads === 0 && memory.loops === 0 ? 'clear' : actor.next;
  },
  clear({ memory, actors }, self) {
    const actor = actors[self]!;
    if (memory.waiting === actor.seenWaiting) memory.waiting++;
    actor.step = actor.next;
  },
};

/** Where one that waits may give up instead. */
const MAY_GIVE_UP = ['asleep', 'wokenUp'];

interface Explored {
  states: number;
  stuck: State[];
}

/** Runs all orders of steps. Stuck: nobody can go on, and not everybody has ended. */
function explore(actors: Actor[], table: Record<string, Step>, quitters: number[]): Explored {
  const start: State = {
    memory: { holder: 0, waiting: 0, loops: 0, threads: 0, sequence: 0 },
    actors,
  };
  const seen = new Set<string>();
  const stack = [start];
  const stuck: State[] = [];
  while (stack.length > 0) {
    const state = stack.pop()!;
    const key = keyOf(state);
    if (seen.has(key)) continue;
    seen.add(key);
    const successors = successorsOf(state, table, quitters);
    if (successors.length === 0 && state.actors.some(({ step }) => step !== 'ended')) {
      stuck.push(state);
    }
    stack.push(...successors);
  }
  return { states: seen.size, stuck };
}

function successorsOf(state: State, table: Record<string, Step>, quitters: number[]): State[] {
  return state.actors.flatMap(({ step }, self) => {
    const names = step === 'asleep' || step === 'ended' ? [] : [step];
    // Giving up is never the only way on: the time may be far off.
    if (quitters.includes(self) && MAY_GIVE_UP.includes(step) && step !== 'asleep')
      names.push('giveUp');
    return names.map((name) => {
      const copy = copyOf(state);
      table[name]!(copy, self);
      return copy;
    });
  });
}

function copyOf({ memory, actors }: State): State {
  return { memory: { ...memory }, actors: actors.map((actor) => ({ ...actor })) };
}

function keyOf({ memory, actors }: State): string {
  const { holder, waiting, loops, threads, sequence } = memory;
  // What was seen of a counter matters only by whether that has changed since.
  const each = actors.map(
    ({ step, rung, seen, seenWaiting, turns, next }) =>
      `${step} ${rung} ${seen === sequence} ${seenWaiting === waiting} ${turns} ${next}`,
  );
  return `${holder} ${isOdd(waiting)} ${loops} ${threads}|${each.join('|')}`;
}

function actors(...kinds: Actor['kind'][]): Actor[] {
  return kinds.map((kind) => ({
    kind,
    step: 'take',
    rung: false,
    seen: 0,
    seenWaiting: 0,
    turns: 1,
    next: '',
  }));
}

describe('the protocol of waits', () => {
  it.each([
    [['loop', 'loop']],
    [['thread', 'thread']],
    [['loop', 'thread']],
    [['loop', 'loop', 'loop']],
    [['thread', 'thread', 'thread']],
    [['loop', 'thread', 'thread']],
    [['loop', 'loop', 'thread']],
  ] as Actor['kind'][][][])('leaves nobody asleep: %j', (kinds) => {
    const { states, stuck } = explore(actors(...kinds), steps, []);
    expect(states).toBeGreaterThan(50);
    expect(stuck).toEqual([]);
  });

  it.each([
    [['loop', 'loop', 'loop']],
    [['loop', 'loop', 'thread']],
    [['thread', 'thread', 'loop']],
  ] as Actor['kind'][][][])('nor when one is woken and gives up: %j', (kinds) => {
    expect(explore(actors(...kinds), steps, [0, 1]).stuck).toEqual([]);
  });

  it('is needed as it is: without one of its parts somebody sleeps for ever', () => {
    const broken: Record<string, Partial<typeof steps>> = {
      'sleeps without another look': {
        announce: ({ actors }, self) => {
          actors[self]!.step = 'sleep';
        },
      },
      'clears whoever has come since': {
        clear: ({ memory, actors }, self) => {
          if (isOdd(memory.waiting)) memory.waiting++;
          actors[self]!.step = actors[self]!.next;
        },
      },
      'clears first, and says later that others are left': {
        wake: ({ memory, actors }, self) => {
          actors[self]!.step = isOdd(memory.waiting) ? 'wakeThread' : actors[self]!.next;
          if (isOdd(memory.waiting)) memory.waiting++;
        },
        anybodyLeft: ({ memory, actors }, self) => {
          if (memory.threads !== 0 || memory.loops !== 0) memory.waiting |= 1;
          actors[self]!.step = actors[self]!.next;
        },
      },
      'looks before it is in the set': {
        join: ({ actors }, self) => {
          actors[self]!.step = 'announce';
        },
      },
    };
    for (const [name, change] of Object.entries(broken)) {
      const table = { ...steps, ...change } as typeof steps;
      const { stuck } = explore(actors('loop', 'thread', 'loop'), table, []);
      expect(stuck.length, name).toBeGreaterThan(0);
    }
    const passOn: Step = ({ actors }, self) => {
      actors[self]!.step = 'ended';
    };
    const selfish = { ...steps, passOn };
    expect(explore(actors('loop', 'loop', 'loop'), selfish, [0, 1]).stuck.length).toBeGreaterThan(
      0,
    );
  });
});
