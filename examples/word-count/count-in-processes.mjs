/**
 * The same work in several processes. One pipe to each; over it goes, from here, a batch of paths
 * whenever the process has answered the one before, and `null` when there is nothing left; from
 * there, how many bytes a batch had, and at the end the counts.
 */
import { getContext } from 'node-multiprocessing';
import { addPacked, countFile, emptyCounts, pack } from './counts.mjs';

// Enough batches that a slow process does not hold the others up at the end, and large enough ones
// that the messages cost nothing.
const BATCHES_PER_PROCESS = 16;
const SMALLEST_BATCH = 32 * 1024;

/**
 * @param {{ path: string, size: number }[]} files
 * @param {{ processes: number, method?: 'fork' | 'spawn', onProgress?: (bytes: number) => void }} options
 */
export async function countInProcesses(files, { processes, method, onProgress = () => {} }) {
  const context = getContext(method);
  const batches = makeBatches(files, processes);
  const queue = batches.values();
  const workers = [];
  try {
    while (workers.length < Math.min(processes, batches.length)) {
      workers.push(await startWorker(context, `counter-${workers.length + 1}`));
    }
    const counts = emptyCounts();
    await Promise.all(
      workers.map(async (worker) => addPacked(counts, await employ(worker, queue, onProgress))),
    );
    return counts;
  } finally {
    await Promise.all(workers.map(dismiss));
  }
}

/** What each process runs. */
async function work(connection) {
  const counts = emptyCounts();
  for (;;) {
    const batch = await connection.recv();
    if (batch === null) break;
    const before = counts.bytes;
    for (const path of batch) countFile(counts, path);
    await connection.send(counts.bytes - before);
  }
  await connection.send(pack(counts));
}

async function startWorker({ Process, Pipe }, name) {
  const [connection, theirs] = Pipe();
  try {
    const process = new Process({ target: work, args: [theirs], name, daemon: true });
    await process.start();
    return { process, connection };
  } catch (error) {
    connection.close();
    throw error;
  } finally {
    // The child has its own. While we held this one, its death would not be an end of file here.
    theirs.close();
  }
}

/** Keeps a worker busy for as long as there is work, and asks for its counts. */
async function employ({ process, connection }, queue, onProgress) {
  try {
    for (const batch of queue) {
      await connection.send(batch);
      onProgress(await connection.recv());
    }
    await connection.send(null);
    const counts = await connection.recv();
    await process.join();
    return counts;
  } catch (error) {
    if (!isHangUp(error)) throw error;
    await process.join();
    throw new Error(`A process ended before its work was done: ${process}`, { cause: error });
  }
}

function isHangUp({ code }) {
  return code === 'ERR_MP_EOF' || code === 'EPIPE' || code === 'ECONNRESET';
}

/** Ends a process that has not ended by itself, because another one failed. */
async function dismiss({ process, connection }) {
  connection.close();
  process.terminate();
  await process.join();
  process.close();
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
