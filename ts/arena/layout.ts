/**
 * Where things stand in an object of the arena, in words of 32 bits: its wait queues first, then what is its
 * own. native/os/arena_layout.h says the same.
 */

/** The size of a wait queue. */
export const QUEUE_WORDS = 80;

/** In a wait queue: what blocked threads sleep on; it changes with each wake-up. */
export const SEQUENCE = 0;
/** Odd: there may be somebody in one of the sets. It grows with everybody who comes. */
export const WAITING = 1;
/** The set of event loops that want to be rung; a bit for each slot. */
export const LOOPS = 16;
/** The set of threads that block. */
export const THREADS = 48;

export const BYTES_PER_WORD = 4;

/** The slot of a participant, from its owner id. */
export const slotOf = (owner: number): number => owner & 1023;

/** A member of a set: the word that it is in, and its bit there. */
export const wordOf = (slot: number): number => slot >>> 5;
export const bitOf = (slot: number): number => 1 << (slot & 31);
