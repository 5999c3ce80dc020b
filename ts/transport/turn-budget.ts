/**
 * So many operations in a row may succeed without a turn of the event loop; the next one waits for
 * one, so that a fast peer does not keep timers and other connections from their turn.
 */
export const TURN_BUDGET = 256;
