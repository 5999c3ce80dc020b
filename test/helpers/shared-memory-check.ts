/**
 * After all tests: nothing new in /dev/shm, which belongs to the whole system, so that files that run
 * at the same time cannot be told apart. vitest.config.ts makes it the global setup.
 */
import { waitUntil } from './processes.js';
import { sharedMemoryNames } from './survivors.js';

export default function setup(): (() => Promise<void>) | undefined {
  if (process.platform !== 'linux') return undefined;
  const before = sharedMemoryNames();
  const left = () => sharedMemoryNames().filter((name) => !before.includes(name));
  return async () => {
    // What a server of the last test had ends with it.
    await waitUntil(() => left().length === 0, 'the end of shared memory').catch(() => {});
    if (left().length > 0) throw new Error(`Left behind by the tests: ${left().join(', ')}`);
  };
}
