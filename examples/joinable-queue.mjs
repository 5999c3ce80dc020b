// Workers take what comes, tell when it is done, and leave when the word for it comes.
import { JoinableQueue, Process, SimpleQueue } from 'node-multiprocessing';

async function work(tasks, results) {
  for await (const task of tasks) {
    if (task === null) break;
    results.putSync(task * task);
    tasks.taskDone();
  }
}

const tasks = new JoinableQueue();
const results = new SimpleQueue();
const workers = Array.from(
  { length: 2 },
  () => new Process({ target: work, args: [tasks, results] }),
);
for (const worker of workers) await worker.start();

for (let i = 1; i <= 10; i++) await tasks.put(i);
await tasks.join();
let sum = 0;
while (!results.empty()) sum += await results.get();
console.log(`the sum of the squares is ${sum}`);

for (const _ of workers) await tasks.put(null);
for (const worker of workers) console.log(`${worker.name} ended with ${await worker.join()}`);
