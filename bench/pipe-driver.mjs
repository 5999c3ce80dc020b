// One side of bench/pipe.mjs: `pipe-driver.mjs <transport> <work>` measures and prints one number,
// the median of 5 runs; with a third argument it is the other side.
//   transport   async | sync | ipc-json | ipc-advanced
//   work        round-trip-value | round-trip-bytes (us), value (messages/s), mib (MB/s)
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { Connection, Pipe } from 'node-multiprocessing';
import { MiB, medianTime, sendAll, throughput } from './driver.mjs';

const [transport, work, role] = process.argv.slice(2);
const value = { id: 1, s: 'hello' };
const bytes = Buffer.alloc(16, 'x');
const large = Buffer.alloc(MiB, 'x');
const counts = {
  'round-trip-value': 2000,
  'round-trip-bytes': 2000,
  value: 10_000,
  mib: 40,
};
const count = counts[work] / (transport.startsWith('ipc') && work === 'mib' ? 4 : 1);

// What each transport calls sending and receiving, for this work.
function methodsOf(connection) {
  const suffix = transport === 'sync' ? 'Sync' : '';
  const what = work.endsWith('value') ? '' : 'Bytes';
  const send = connection[`send${what}${suffix}`].bind(connection);
  const recv = connection[`recv${what}${suffix}`].bind(connection);
  return { send, recv };
}

const message = work.endsWith('value') ? value : work === 'mib' ? large : bytes;

// The blocking twins make no promise: each style is measured as it is used.
const programs = {
  sync: {
    echo({ send, recv }) {
      for (;;) send(recv());
    },
    swallow({ send, recv }) {
      for (;;) {
        for (let i = 0; i < count; i++) recv();
        send(message);
      }
    },
    roundTrips({ send, recv }) {
      for (let i = 0; i < count; i++) {
        send(message);
        recv();
      }
    },
    stream({ send, recv }) {
      for (let i = 0; i < count; i++) send(message);
      recv();
    },
  },
  async: {
    async echo({ send, recv }) {
      for (;;) await send(await recv());
    },
    async swallow({ send, recv }) {
      for (;;) {
        for (let i = 0; i < count; i++) await recv();
        await send(message);
      }
    },
    async roundTrips({ send, recv }) {
      for (let i = 0; i < count; i++) {
        await send(message);
        await recv();
      }
    },
    async stream({ send, recv }) {
      for (let i = 0; i < count; i++) await send(message);
      await recv();
    },
  },
};

// child_process IPC pushes, so its receiver is a listener.
function ipcMessage() {
  if (work !== 'mib') return value;
  return transport === 'ipc-json' ? large.toString('latin1') : large;
}

function ipcPeer() {
  let received = 0;
  process.on('message', (message) => {
    if (work.startsWith('round')) process.send(message);
    else if (++received % count === 0) process.send('done');
  });
}

function ipcRun(peer) {
  const message = ipcMessage();
  let left = count;
  return new Promise((resolve) => {
    peer.on('message', function next() {
      if (work.startsWith('round') && --left > 0) return peer.send(message);
      peer.off('message', next);
      resolve();
    });
    if (work.startsWith('round')) peer.send(message);
    else sendAll(peer, message, count);
  });
}

async function measure(run) {
  const ms = await medianTime(run);
  return work.startsWith('round') ? (ms * 1000) / count : throughput(work, count, ms);
}

if (transport.startsWith('ipc')) {
  if (role) ipcPeer();
  else {
    const peer = spawn(
      process.execPath,
      [fileURLToPath(import.meta.url), transport, work, 'peer'],
      {
        stdio: ['ignore', 'inherit', 'inherit', 'ipc'],
        serialization: transport.slice(4),
      },
    );
    await once(peer, 'spawn');
    console.log(await measure(() => ipcRun(peer)));
    peer.disconnect();
    await once(peer, 'exit');
  }
} else {
  const { echo, swallow, roundTrips, stream } = programs[transport];
  const isRoundTrip = work.startsWith('round');
  if (role) {
    try {
      await (isRoundTrip ? echo : swallow)(methodsOf(Connection.fromFd(3)));
    } catch (error) {
      if (error.code !== 'ERR_MP_EOF') throw error;
    }
  } else {
    const [mine, theirs] = Pipe();
    const peer = spawn(
      process.execPath,
      [fileURLToPath(import.meta.url), transport, work, 'peer'],
      {
        stdio: ['ignore', 'inherit', 'inherit', theirs.fileno()],
      },
    );
    theirs.close();
    const methods = methodsOf(mine);
    console.log(await measure(() => (isRoundTrip ? roundTrips : stream)(methods)));
    mine.close();
    await once(peer, 'exit');
  }
}
