// One side of bench/connection.mjs: `connection-driver.mjs <style> <work> <family>` measures and prints one
// number, the median of 5 runs; with an address in JSON behind that it is the other side.
//   style   async | sync
//   work    round-trip-value | round-trip-bytes | connect (us), mib (MB/s)
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { connection } from 'node-multiprocessing';

const [style, work, family, place] = process.argv.slice(2);
const MiB = 1 << 20;
const value = { id: 1, s: 'hello' };
const options = { authkey: 'a key for benchmarks' };
const count = { 'round-trip-value': 2000, 'round-trip-bytes': 2000, mib: 40, connect: 300 }[work];
const message = work === 'round-trip-value' ? value : Buffer.alloc(work === 'mib' ? MiB : 16, 'x');

function methodsOf(connection) {
  const suffix = style === 'sync' ? 'Sync' : '';
  const what = message === value ? '' : 'Bytes';
  return {
    send: connection[`send${what}${suffix}`].bind(connection),
    recv: connection[`recv${what}${suffix}`].bind(connection),
  };
}

async function answer(client) {
  const { send, recv } = methodsOf(client);
  const isStream = work === 'mib';
  try {
    if (style === 'sync') {
      for (;;) {
        if (isStream) for (let i = 1; i < count; i++) recv();
        const last = recv();
        send(isStream ? Buffer.from('done') : last);
      }
    }
    for (;;) {
      if (isStream) for (let i = 1; i < count; i++) await recv();
      const last = await recv();
      await send(isStream ? Buffer.from('done') : last);
    }
  } catch (error) {
    if (error.code !== 'ERR_MP_EOF') throw error;
  }
}

async function serve() {
  const listener = new connection.Listener(undefined, { ...options, family });
  console.log(JSON.stringify(listener.address));
  for await (const client of listener) {
    if (work === 'connect') client.close();
    else {
      await answer(client);
      return listener.close();
    }
  }
}

async function connectOften(address) {
  for (let i = 0; i < count; i++) (await connection.Client(address, options)).close();
}

function streamOrRoundTripsSync({ send, recv }) {
  for (let i = 0; i < count; i++) {
    send(message);
    if (work !== 'mib') recv();
  }
  if (work === 'mib') recv();
}

async function streamOrRoundTrips({ send, recv }) {
  for (let i = 0; i < count; i++) {
    await send(message);
    if (work !== 'mib') await recv();
  }
  if (work === 'mib') await recv();
}

async function measure(run) {
  await run();
  const times = [];
  for (let i = 0; i < 5; i++) {
    const start = performance.now();
    await run();
    times.push(performance.now() - start);
  }
  const ms = times.sort((a, b) => a - b)[2];
  return work === 'mib' ? (count * MiB) / 1e6 / (ms / 1000) : (ms * 1000) / count;
}

if (place === 'peer') await serve();
else {
  const args = [fileURLToPath(import.meta.url), style, work, family, 'peer'];
  const peer = spawn(process.execPath, args, { stdio: ['ignore', 'pipe', 'inherit'] });
  const address = JSON.parse(String((await once(peer.stdout, 'data'))[0]));
  if (work === 'connect') {
    console.log(await measure(() => connectOften(address)));
    peer.kill();
  } else {
    const client = await connection.Client(address, options);
    const run = style === 'sync' ? streamOrRoundTripsSync : streamOrRoundTrips;
    console.log(await measure(() => run(methodsOf(client))));
    client.close();
  }
  await once(peer, 'exit');
}
