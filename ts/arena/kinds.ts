/**
 * The kinds of objects in the arena: one list for all folders, so that no two have one number. The numbers stand in the
 * arena, and in messages.
 */
const TYPES = {
  Lock: 1,
  RLock: 2,
  Semaphore: 3,
  BoundedSemaphore: 4,
  Condition: 5,
  Event: 6,
  Barrier: 7,
  Receipt: 8,
  SharedBytes: 9,
  Ring: 10,
  Spill: 11,
  Queue: 12,
  JoinableQueue: 13,
  SimpleQueue: 14,
  StderrTail: 15,
} as const;

export interface ObjectKind {
  readonly type: (typeof TYPES)[keyof typeof TYPES];
  readonly name: string;
  /** Its memory begins with so many wait queues. */
  readonly queues: number;
  /** How much of it is its own. */
  readonly bytes: number;
}

export function defineKind(
  name: keyof typeof TYPES,
  memory: Pick<ObjectKind, 'queues' | 'bytes'>,
): ObjectKind {
  return { type: TYPES[name], name, ...memory };
}
