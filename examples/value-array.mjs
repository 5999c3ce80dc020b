// A number and an array in memory that a child changes.
import { Process, Array as SharedArray, Value } from 'node-multiprocessing';

function f(n, a) {
  // biome-ignore lint/suspicious/noApproximativeNumericConstant: the one of Python's example.
  n.value = 3.1415927;
  for (let i = 0; i < a.length; i++) a[i] = -a[i];
}

const num = Value('d', 0);
const arr = SharedArray(
  'i',
  Array.from({ length: 10 }, (_, i) => i),
);

const p = new Process({ target: f, args: [num, arr] });
await p.start();
await p.join();

console.log(num.value);
console.log(Array.from(arr));
