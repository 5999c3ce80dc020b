// Locks, events, shared values and arrays of ours, in a process of its own: WHAT COUNT. Prints nanoseconds each.
import * as mp from 'node-multiprocessing';

const now = () => Number(process.hrtime.bigint());

async function start(target, ...args) {
  const child = new mp.ForkProcess({ target, args });
  await child.start();
  return child;
}

function pair(lock, count) {
  const begin = now();
  for (let i = 0; i < count; i++) {
    lock.acquireSync();
    lock.release();
  }
  return (now() - begin) / count;
}

async function asyncPair(lock, count) {
  const begin = now();
  for (let i = 0; i < count; i++) {
    await lock.acquire();
    lock.release();
  }
  return (now() - begin) / count;
}

function element(array, count) {
  const begin = now();
  for (let i = 0; i < count; i++) array[i & 1023] += 1;
  return (now() - begin) / count;
}

function field(point, count) {
  const begin = now();
  for (let i = 0; i < count; i++) point.x += 1;
  return (now() - begin) / count;
}

async function increments(count) {
  const lock = new mp.Lock();
  const memory = new mp.SharedMemory({ create: true, size: 4 });
  const add = (lock, memory, count) => {
    const number = new Int32Array(memory.buf.buffer, memory.buf.byteOffset, 1);
    for (let i = 0; i < count; i++) {
      lock.acquireSync();
      number[0]++;
      lock.release();
    }
  };
  const begin = now();
  const children = [await start(add, lock, memory, count), await start(add, lock, memory, count)];
  for (const child of children) await child.join();
  const elapsed = now() - begin;
  const counted = new Int32Array(memory.buf.buffer, memory.buf.byteOffset, 1)[0];
  memory.close();
  memory.unlink();
  if (counted !== 2 * count) throw new Error(`${counted} instead of ${2 * count}`);
  return elapsed / (2 * count);
}

async function events(count, sync) {
  const [ping, pong] = [new mp.Event(), new mp.Event()];
  const answer = async (ping, pong, count, sync) => {
    for (let i = 0; i < count; i++) {
      if (sync) ping.waitSync();
      else await ping.wait();
      ping.clear();
      pong.set();
    }
  };
  const child = await start(answer, ping, pong, count + 10, sync);
  let begin;
  for (let i = 0; i < count + 10; i++) {
    if (i === 10) begin = now();
    ping.set();
    if (sync) pong.waitSync();
    else await pong.wait();
    pong.clear();
  }
  const elapsed = now() - begin;
  await child.join();
  return elapsed / count;
}

const measures = {
  pair: (count) => pair(new mp.Lock(), count),
  'async pair': (count) => asyncPair(new mp.Lock(), count),
  increments,
  element: (count) => element(mp.Array('d', 1024), count),
  'raw element': (count) => element(mp.RawArray('d', 1024), count),
  field: (count) => field(mp.Value(mp.Structure({ x: 'd', y: 'd' })), count),
  events: (count) => events(count, true),
  'async events': (count) => events(count, false),
};

const [, , what, count] = process.argv;
// Once to get warm.
if (/pair|element|field/.test(what)) await measures[what](100_000);
console.log(await measures[what](Number(count)));
