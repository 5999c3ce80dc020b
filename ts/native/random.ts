import { native } from './binding.js';

/** From the system. `node:crypto` has them, too, but takes ten milliseconds to load. */
export function randomBytes(count: number): Buffer {
  const bytes = Buffer.alloc(count);
  native.fillRandom(bytes);
  return bytes;
}
