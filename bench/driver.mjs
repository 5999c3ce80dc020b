// What the programs have in common that measure one side of a transport.
export const MiB = 1 << 20;

/** Milliseconds: the median of 5 runs, after one that is not counted. */
export async function medianTime(run) {
  await run();
  const times = [];
  for (let i = 0; i < 5; i++) {
    const start = performance.now();
    await run();
    times.push(performance.now() - start);
  }
  return times.sort((a, b) => a - b)[2];
}

/** MB/s where the messages are of 1 MiB, else messages/s. */
export function throughput(work, count, ms) {
  return work === 'mib' ? (count * MiB) / 1e6 / (ms / 1000) : count / (ms / 1000);
}

/** So many messages over the IPC channel of child_process. */
export async function sendAll(peer, message, count) {
  for (let i = 0; i < count; i++) {
    if (!peer.send(message)) await new Promise((resolve) => setImmediate(resolve));
  }
}
