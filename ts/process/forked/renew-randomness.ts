import { native } from '../../native/binding.js';
import { mayBeLoaded } from '../loaded-builtins.js';
import type { Inheritance } from './inheritance.js';
import { variablesAround } from './inspect-scopes.js';

let stores: readonly Uint8Array[] = [];

/**
 * In the parent before each fork: where node:crypto keeps random bytes that it has made ahead of need.
 * @returns None when the program has not loaded it, or it has them elsewhere than in Node 20 to 26.
 */
export function findRandomStores(): readonly Uint8Array[] {
  if (stores.length === 0 && mayHaveCrypto()) stores = lookForStores();
  return stores;
}

const mayHaveCrypto = () => mayBeLoaded(/crypto/);

function lookForStores(): readonly Uint8Array[] {
  const crypto = process.getBuiltinModule('node:crypto');
  // Makes the store for UUIDs, which there is only from the first one on.
  crypto.randomUUID();
  const { uuidData } = variablesAround(crypto.randomUUID);
  const { randomCache } = variablesAround(crypto.randomInt);
  const stores = [uuidData, randomCache].flatMap(asBytes);
  return stores.length === 2 ? stores : [];
}

function asBytes(store: unknown): Uint8Array | [] {
  if (store instanceof ArrayBuffer) return new Uint8Array(store);
  if (!ArrayBuffer.isView(store)) return [];
  return new Uint8Array(store.buffer, store.byteOffset, store.byteLength);
}

/**
 * Child side. Random values are prepared ahead of need in memory that the child inherits, so without
 * this two children of one parent would produce the same ones. What asks the system each time
 * (`crypto.randomBytes`, `crypto.getRandomValues`) needs no help.
 */
export function renewRandomness({ math, randomStores, native }: Inheritance): void {
  math.random = newGenerator();
  // From the system: OpenSSL's own generator would first renew itself, which costs more than all the
  // rest of the child's beginning.
  for (const store of randomStores) native.fillRandom(store);
  if (randomStores.length === 0 && mayHaveCrypto()) useUpStores();
}

// Where they were not found, or node:crypto was loaded right before the fork: as many values as it
// makes ahead in Node 20 to 26.
function useUpStores(): void {
  const crypto = process.getBuiltinModule('node:crypto');
  for (let i = 0; i < 128; i++) crypto.randomUUID();
  for (let i = 0; i < 1024; i++) crypto.randomInt(2);
}

/**
 * A generator of its own in place of V8's, whose state is a copy of the parent's and cannot be
 * seeded: sfc32, which passes PractRand, with 53 bits a value.
 */
function newGenerator(): () => number {
  const seed = new Int32Array(3);
  native.fillRandom(new Uint8Array(seed.buffer));
  let [a, b, c] = seed as unknown as [number, number, number];
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
