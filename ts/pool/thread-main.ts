/** Entry point of a worker_thread of a ThreadPool. */
import { workerData } from 'node:worker_threads';
import { decode, importModules } from '../serialization/pickle.js';
import type { ThreadData } from './thread-host.js';
import { type WorkerBriefing, WorkerLoop } from './worker-loop.js';

void main();

async function main(): Promise<void> {
  const { modules, message, handles } = workerData as ThreadData;
  await importModules(modules);
  const briefing = decode(message, { handles: [...handles] }) as WorkerBriefing;
  await new WorkerLoop(briefing).run();
  // Ends this thread, whatever its tasks have left in the event loop.
  process.exit();
}
