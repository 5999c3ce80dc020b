import { readFileSync } from 'node:fs';

// A letter, and what may follow inside a word.
const WORD = /\p{L}[\p{L}\p{M}\p{N}'’]*/gu;

/** What was counted. */
export function emptyCounts() {
  return { files: 0, bytes: 0, words: 0, byWord: new Map() };
}

/** Counts a file in. */
export function countFile(counts, path) {
  const content = readFileSync(path);
  const words = content.toString().toLowerCase().match(WORD) ?? [];
  for (const word of words) counts.byWord.set(word, (counts.byWord.get(word) ?? 0) + 1);
  counts.files++;
  counts.bytes += content.length;
  counts.words += words.length;
}

/**
 * The counts to be sent. A Map could be sent as it is; ten thousand words travel faster as one
 * string, and their counts as one typed array.
 */
export function pack({ byWord, ...totals }) {
  const counts = Uint32Array.from(byWord.values());
  return { ...totals, list: [...byWord.keys()].join(' '), counts };
}

/** Adds what another process has counted and packed. */
export function addPacked(sum, { files, bytes, words, list, counts }) {
  sum.files += files;
  sum.bytes += bytes;
  sum.words += words;
  if (list === '') return;
  for (const [i, word] of list.split(' ').entries()) {
    sum.byWord.set(word, (sum.byWord.get(word) ?? 0) + counts[i]);
  }
}

export function areEqual(a, b) {
  if (a.files !== b.files || a.bytes !== b.bytes || a.words !== b.words) return false;
  if (a.byWord.size !== b.byWord.size) return false;
  return [...a.byWord].every(([word, count]) => b.byWord.get(word) === count);
}

/** The most frequent words, those of equal frequency in alphabetical order. */
export function topWords({ byWord }, limit) {
  return [...byWord].sort(([a, m], [b, n]) => n - m || (a < b ? -1 : 1)).slice(0, limit);
}
