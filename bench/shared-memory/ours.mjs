// WORK SIZE MILLISECONDS: does the work for about so long, and prints how many microseconds it takes.
import { ShareableList, SharedMemory } from '../../dist/index.js';

const [, , work, sizeText, forMs] = process.argv;
const size = Number(sizeText);

const works = {
  create() {
    return () => {
      const shm = new SharedMemory({ create: true, size });
      shm.close();
      shm.unlink();
    };
  },
  createAndFill() {
    return () => {
      const shm = new SharedMemory({ create: true, size });
      shm.buf.fill(1);
      shm.close();
      shm.unlink();
    };
  },
  attach() {
    const { name } = owned(new SharedMemory({ create: true, size }));
    return () => new SharedMemory({ name }).close();
  },
  get() {
    const list = new ShareableList([1, 'text', 0.5]);
    owned(list.shm);
    return () => list.get(0);
  },
  set() {
    const list = new ShareableList([1, 'text', 0.5]);
    owned(list.shm);
    return () => list.set(0, 2);
  },
};

function owned(shm) {
  process.on('exit', () => shm.unlink());
  return shm;
}

const run = works[work]();
run();
const begin = performance.now();
let count = 0;
do {
  for (let i = 0; i < 100; i++) run();
  count += 100;
  // What is closed is done with in the event loop.
  await new Promise(setImmediate);
} while (performance.now() - begin < Number(forMs));
console.log(((performance.now() - begin) * 1000) / count);
