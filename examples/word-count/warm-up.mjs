import { readFileSync } from 'node:fs';
import { countFile, emptyCounts } from './counts.mjs';
import { unreadable } from './input-error.mjs';

// So much is counted until V8 has compiled the code that matters.
const ENOUGH_BYTES = 4_000_000;

/**
 * Reads every file once, and counts some, so that neither of two measurements waits for the disk or
 * the compiler. Forked processes inherit the compiled code; spawned ones begin without.
 */
export function warmUp(files) {
  const counts = emptyCounts();
  for (const { path } of files) {
    try {
      if (counts.bytes < ENOUGH_BYTES) countFile(counts, path);
      else readFileSync(path);
    } catch (cause) {
      throw unreadable(path, cause);
    }
  }
}
