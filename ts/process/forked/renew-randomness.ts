import crypto from 'node:crypto';

// node:crypto makes random values ahead of need, this many at a time.
const RANDOM_UUIDS_AHEAD = 128;
const RANDOM_INTS_AHEAD = 1024;

/**
 * Child side. Random values are prepared ahead of need in the JavaScript heap, so without this two
 * children of one parent would produce the same ones. What asks the system each time
 * (`crypto.randomBytes`, `crypto.getRandomValues`) needs no help.
 */
export function renewRandomness(): void {
  Math.random = newGenerator();
  if (!preparesRandomValues()) return;
  // Used up, and made anew with fresh entropy. In Node 20 to 26 this takes well below a millisecond.
  for (let i = 0; i < RANDOM_UUIDS_AHEAD; i++) crypto.randomUUID();
  for (let i = 0; i < RANDOM_INTS_AHEAD; i++) crypto.randomInt(2);
}

function preparesRandomValues(): boolean {
  const { moduleLoadList } = process as unknown as { moduleLoadList: string[] };
  return moduleLoadList.includes('NativeModule internal/crypto/random');
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
    c = ((c << 21) | (c >>> 11)) + sum;
    c |= 0;
    return sum >>> 0;
  };
  for (let i = 0; i < 12; i++) next();
  const random = () => ((next() >>> 5) * 0x4000000 + (next() >>> 6)) / 0x20000000000000;
  return Object.defineProperty(random, 'name', { value: 'random' });
}
