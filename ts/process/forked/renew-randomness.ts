import crypto from 'node:crypto';
import { variablesAround } from './inspect-scopes.js';

/** Random bytes that node:crypto has made ahead of need, for values it has yet to give. */
type Store = ArrayBufferView | ArrayBuffer;

let stores: Store[] | undefined;

/**
 * Finds where node:crypto keeps random bytes ahead of need. In the parent before its first fork.
 */
export function findRandomStores(): void {
  if (stores !== undefined) return;
  // Makes the store for UUIDs, which there is only from the first one on.
  crypto.randomUUID();
  const { uuidData } = variablesAround(crypto.randomUUID);
  const { randomCache } = variablesAround(crypto.randomInt);
  stores = [uuidData, randomCache].filter(isStore);
}

const isStore = (value: unknown): value is Store =>
  ArrayBuffer.isView(value) || value instanceof ArrayBuffer;

/**
 * Child side. Random values are prepared ahead of need in memory that the child inherits, so without
 * this two children of one parent would produce the same ones. What asks the system each time
 * (`crypto.randomBytes`, `crypto.getRandomValues`) needs no help.
 */
export function renewRandomness(): void {
  Math.random = newGenerator();
  if (stores?.length === 2) {
    for (const store of stores) crypto.randomFillSync(store as Uint8Array);
  } else {
    useUpStores();
  }
}

// Where they are not found: as many values as node:crypto makes ahead in Node 20 to 26.
function useUpStores(): void {
  for (let i = 0; i < 128; i++) crypto.randomUUID();
  for (let i = 0; i < 1024; i++) crypto.randomInt(2);
}

/**
 * A generator of its own in place of V8's, whose state is a copy of the parent's and cannot be
 * seeded: sfc32, which passes PractRand, with 53 bits a value.
 */
function newGenerator(): () => number {
  let [a, b, c] = crypto.getRandomValues(new Int32Array(3)) as unknown as [number, number, number];
  let counter = 1;
  const next = () => {
    const sum = (((a + b) | 0) + counter) | 0;
    counter = (counter + 1) | 0;
    a = b ^ (b >>> 9);
    b = (c + (c << 3)) | 0;
    c = (((c << 21) | (c >>> 11)) + sum) | 0;
    return sum >>> 0;
  };
  for (let i = 0; i < 12; i++) next();
  const random = () => ((next() >>> 5) * 0x4000000 + (next() >>> 6)) / 0x20000000000000;
  return Object.defineProperty(random, 'name', { value: 'random' });
}
