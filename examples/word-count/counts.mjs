import { readFileSync } from 'node:fs';

// A letter, and what may follow inside a word.
const WORD = /\p{L}[\p{L}\p{M}\p{N}'’]*/gu;

/** What was counted. A plain object: it travels from the processes that count. */
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

/** Adds what another process has counted. */
export function addCounts(counts, { files, bytes, words, byWord }) {
  for (const [word, count] of byWord)
    counts.byWord.set(word, (counts.byWord.get(word) ?? 0) + count);
  counts.files += files;
  counts.bytes += bytes;
  counts.words += words;
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
