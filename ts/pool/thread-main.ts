/** Entry point of a worker_thread of a ThreadPool. */
import { receiveValue } from '../threads/thread-start.js';
import { type WorkerBriefing, WorkerLoop } from './worker-loop.js';

void main();

async function main(): Promise<void> {
  await new WorkerLoop(await receiveValue<WorkerBriefing>()).run();
  // Ends this thread, whatever its tasks have left in the event loop.
  process.exit();
}
