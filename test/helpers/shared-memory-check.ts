/**
 * After all tests: nothing new in /dev/shm, which belongs to the whole system, so that files that run
 * at the same time cannot be told apart. vitest.config.ts makes it the global setup.
 */
import { sharedMemoryNames } from './survivors.js';

export default function setup(): (() => void) | undefined {
  if (process.platform !== 'linux') return undefined;
  const before = sharedMemoryNames();
  return () => {
    const left = sharedMemoryNames().filter((name) => !before.includes(name));
    if (left.length > 0) throw new Error(`Left behind by the tests: ${left.join(', ')}`);
  };
}
