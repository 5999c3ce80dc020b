/** The same work in several processes: a pool counts batch after batch, and the counts are added here. */
import { getContext } from 'node-multiprocessing';
import { addPacked, countFile, emptyCounts, pack } from './counts.mjs';

// Enough batches that a slow process does not hold the others up at the end, and large enough ones
// that to add their counts costs little.
const BATCHES_PER_PROCESS = 8;
const SMALLEST_BATCH = 256 * 1024;

/**
 * @param {{ path: string, size: number }[]} files
 * @param {{ processes: number, method?: 'fork' | 'spawn', onProgress?: (bytes: number) => void }} options
 */
export async function countInProcesses(files, { processes, method, onProgress = () => {} }) {
  const { Pool } = getContext(method);
  const batches = makeBatches(files, processes);
  const counts = emptyCounts();
  const pool = new Pool(Math.max(1, Math.min(processes, batches.length)));
  try {
    for await (const counted of pool.imapUnordered(countBatch, batches)) {
      addPacked(counts, counted);
      onProgress(counted.bytes);
    }
    return counts;
  } finally {
    pool.terminate();
    await pool.join();
  }
}

/** What each process runs. */
function countBatch(paths) {
  const counts = emptyCounts();
  for (const path of paths) countFile(counts, path);
  return pack(counts);
}

function makeBatches(files, processes) {
  const total = files.reduce((sum, { size }) => sum + size, 0);
  const enough = Math.max(SMALLEST_BATCH, total / (processes * BATCHES_PER_PROCESS));
  const batches = [];
  let filled = Number.POSITIVE_INFINITY;
  for (const { path, size } of files) {
    if (filled >= enough) {
      batches.push([]);
      filled = 0;
    }
    batches.at(-1).push(path);
    filled += size;
  }
  return batches;
}
