// What the children of the stress run do: each uses another part of the engine or of Node that a
// careless fork breaks. Each checks its own result, and throws when it is wrong.
import assert from 'node:assert/strict';
import childProcess from 'node:child_process';
import crypto from 'node:crypto';
import { once } from 'node:events';
import fs from 'node:fs/promises';
import http from 'node:http';
import os from 'node:os';
import path from 'node:path';
import { promisify } from 'node:util';
import { Worker } from 'node:worker_threads';
import zlib from 'node:zlib';

/** Scavenges and full collections, with objects that survive some of them. */
function garbage() {
  const kept = [];
  for (let round = 0; round < 60; round++) {
    const batch = Array.from({ length: 5000 }, (_, i) => ({
      i,
      text: `item ${i}`,
      list: [i, i + 1],
    }));
    if (round % 10 === 0) kept.push(batch);
  }
  assert.equal(kept.length, 6);
  assert.equal(kept[5][4999].list[1], 5000);
}

/** Code that gets hot, is optimised while it runs, and is deoptimised once. */
function hotCode() {
  const add = new Function('a', 'b', `return a + b; // ${Math.random()}`);
  let sum = 0;
  for (let i = 0; i < 3e6; i++) sum = add(sum, i & 7) | 0;
  assert.equal(sum, 10500000);
  assert.equal(add('a', 'b'), 'ab');
  const fib = (n) => (n < 2 ? n : fib(n - 1) + fib(n - 2));
  assert.equal(fib(25), 75025);
}

/** The thread pool: files, compression, key derivation. */
async function threadPool() {
  const folder = await fs.mkdtemp(path.join(os.tmpdir(), 'mp-stress-'));
  try {
    const file = path.join(folder, 'data');
    const data = crypto.randomBytes(200_000);
    await fs.writeFile(file, await promisify(zlib.gzip)(data));
    const read = await promisify(zlib.gunzip)(await fs.readFile(file));
    assert.ok(read.equals(data));
    const keys = await Promise.all(
      [1, 2, 3, 4, 5].map((n) => promisify(crypto.scrypt)('key', `salt ${n}`, 32, { N: 1024 })),
    );
    assert.equal(new Set(keys.map((key) => key.toString('hex'))).size, 5);
  } finally {
    await fs.rm(folder, { recursive: true });
  }
}

async function workerThread() {
  const worker = new Worker(
    `const { parentPort } = require('node:worker_threads');
     parentPort.once('message', (n) => {
       let list = [];
       for (let i = 0; i < n; i++) list.push({ i });
       parentPort.postMessage(list.length);
     });`,
    { eval: true },
  );
  // Asked for at once: the answer and the exit may come in the same turn.
  const exited = once(worker, 'exit');
  worker.postMessage(50_000);
  const [answer] = await once(worker, 'message');
  assert.equal(answer, 50_000);
  const [code] = await exited;
  assert.equal(code, 0);
}

async function network() {
  const server = http.createServer((request, response) => {
    request.pipe(response);
  });
  await promisify(server.listen).call(server, 0, '127.0.0.1');
  const url = `http://127.0.0.1:${server.address().port}/`;
  const bodies = await Promise.all(
    [1, 2, 3].map(async (n) => (await fetch(url, { method: 'POST', body: `body ${n}` })).text()),
  );
  assert.deepEqual(bodies, ['body 1', 'body 2', 'body 3']);
  server.closeAllConnections();
  await promisify(server.close).call(server);
}

// (module (func (export "add") (param i32 i32) (result i32) local.get 0 local.get 1 i32.add))
const wasm = Uint8Array.of(
  ...[0x00, 0x61, 0x73, 0x6d, 0x01, 0x00, 0x00, 0x00],
  ...[0x01, 0x07, 0x01, 0x60, 0x02, 0x7f, 0x7f, 0x01, 0x7f],
  ...[0x03, 0x02, 0x01, 0x00],
  ...[0x07, 0x07, 0x01, 0x03, 0x61, 0x64, 0x64, 0x00, 0x00],
  ...[0x0a, 0x09, 0x01, 0x07, 0x00, 0x20, 0x00, 0x20, 0x01, 0x6a, 0x0b],
);

async function webAssembly() {
  const module = await WebAssembly.compile(wasm);
  const { exports } = await WebAssembly.instantiate(module);
  let sum = 0;
  for (let i = 0; i < 200_000; i++) sum = exports.add(sum, 2);
  assert.equal(sum, 400_000);
}

async function subprocess() {
  const { stdout } = await promisify(childProcess.execFile)('/bin/sh', [
    '-c',
    'echo from the shell',
  ]);
  assert.equal(stdout, 'from the shell\n');
}

export const workloads = {
  garbage,
  hotCode,
  threadPool,
  workerThread,
  network,
  webAssembly,
  subprocess,
};

/** For the starts alone. */
export function nothing() {}
