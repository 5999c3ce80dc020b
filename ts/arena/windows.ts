/** The memory of the arena, as JavaScript sees it. */
import { native } from '../native/binding.js';
import { BYTES_PER_WORD } from './layout.js';

/** Objects near to each other share one view: to make one takes longer than to make a lock. */
const WINDOW_BYTES = 1024 * 1024;
/** An object that begins in a window is whole in it. */
export const OVERLAP_BYTES = 64 * 1024;

interface Window {
  readonly words: Int32Array;
  readonly bytes: Uint8Array;
}

const windows = new Map<number, Window>();

/** Views in which the object at this offset is, and the index of its first word. */
export function wordsAt(offset: number): Window & { index: number } {
  const start = offset - (offset % WINDOW_BYTES);
  let window = windows.get(start);
  if (window === undefined) {
    const memory = native.objectMemory(start, WINDOW_BYTES + OVERLAP_BYTES);
    window = { words: new Int32Array(memory), bytes: new Uint8Array(memory) };
    windows.set(start, window);
  }
  return { ...window, index: (offset - start) / BYTES_PER_WORD };
}
