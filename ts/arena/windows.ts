/** The memory of the arena, as JavaScript sees it. */
import { native } from '../native/binding.js';
import { BYTES_PER_WORD } from './layout.js';

/** Objects near to each other share one view: to make one takes longer than to make a lock. */
const WINDOW_BYTES = 1024 * 1024;
/** An object that begins in a window is whole in it. */
const OVERLAP_BYTES = 64 * 1024;

const windows = new Map<number, Int32Array>();

/** A view in which the object at this offset is, and the index of its first word. */
export function wordsAt(offset: number): { words: Int32Array; index: number } {
  const start = offset - (offset % WINDOW_BYTES);
  let words = windows.get(start);
  if (words === undefined) {
    words = new Int32Array(native.objectMemory(start, WINDOW_BYTES + OVERLAP_BYTES));
    windows.set(start, words);
  }
  return { words, index: (offset - start) / BYTES_PER_WORD };
}
