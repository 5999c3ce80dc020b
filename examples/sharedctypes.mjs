// Numbers, a text and an array of structures that a child changes in place.
import { Lock, Process, Array as SharedArray, Structure, Value } from 'node-multiprocessing';

const Point = Structure({ x: 'd', y: 'd' });

function modify(n, x, s, A) {
  n.value **= 2;
  x.value **= 2;
  s.value = String(s.value).toUpperCase();
  for (const a of A) {
    a.x **= 2;
    a.y **= 2;
  }
}

const lock = new Lock();
const n = Value('i', 7);
const x = Value('d', 1 / 3, { lock: false });
const s = SharedArray('c', 'hello world', { lock });
const A = SharedArray(
  Point,
  [
    [1.875, -6.25],
    [-5.75, 2.0],
    [2.375, 9.5],
  ],
  { lock },
);

const p = new Process({ target: modify, args: [n, x, s, A] });
await p.start();
await p.join();

console.log(n.value);
console.log(x.value);
console.log(String(s.value));
console.log(Array.from(A, ({ x, y }) => [x, y]));
