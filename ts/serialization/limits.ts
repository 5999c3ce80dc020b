/**
 * Containers deeper than this are written as empty ones, and filled after the value around them is
 * complete: any depth of data takes a bounded stack.
 */
export const MAX_DEPTH = 100;

/** Functions deeper than this get what they capture after everything else. */
export const MAX_NESTED = 200;

/** Reduced values inside each other, which cannot be put off. */
export const MAX_LEVELS = 500;
