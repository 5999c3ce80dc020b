/**
 * The key lists that this process has read, found by their spelling; one that is met often gets a
 * function of its own that makes the object in one go.
 */
import type { Reader } from './reader.js';
import { readString } from './strings.js';

// Bounds what a peer with ever different keys can make us keep.
const MOST_KEPT = 1024;
const LONGEST_KEPT = 4096;
const MOST_COMPILED_KEYS = 64;

// Compiling costs as much as reading this many objects without.
const USES_BEFORE_COMPILING = 50;

/** Reads the values of an object; `Input` is the payload's reader. */
type Make<Input> = (input: Input) => object;

export interface Shape {
  readonly keys: readonly string[];
  readonly spelling: Uint8Array;
  uses: number;
  /** For payloads without back-references. */
  tree: Make<never> | undefined;
  /** For payloads with: the object gets its number before its values are read. */
  graph: Make<never> | undefined;
}

const kept = new Map<number, Shape>();

/** Reads a spelling, or recognises it. */
export function readShape(input: Reader): Shape {
  const hash = input.uint32();
  const size = input.count(1);
  const known = kept.get(hash);
  if (known !== undefined && matches(known.spelling, input, size)) {
    input.skip(size);
    return known;
  }
  const start = input.position;
  const keys = readKeys(input);
  const spelling = Uint8Array.prototype.slice.call(input.bytes, start, input.position);
  const shape = { keys, spelling, uses: 0, tree: undefined, graph: undefined };
  if (spelling.length === size && size <= LONGEST_KEPT) keep(hash, shape);
  return shape;
}

function keep(hash: number, shape: Shape): void {
  if (kept.size >= MOST_KEPT) kept.clear();
  kept.set(hash, shape);
}

function matches(spelling: Uint8Array, input: Reader, size: number): boolean {
  if (spelling.length !== size) return false;
  const { bytes, position } = input;
  for (let i = 0; i < size; i++) {
    if (spelling[i] !== bytes[position + i]) return false;
  }
  return true;
}

function readKeys(input: Reader): string[] {
  const keys: string[] = [];
  for (let left = input.count(1); left > 0; left--) keys.push(readString(input));
  return keys;
}

/** Counts a use, and compiles the shape when it has earned it. */
export function used(shape: Shape): void {
  if (++shape.uses !== USES_BEFORE_COMPILING) return;
  const { keys } = shape;
  // In a literal `__proto__` would set the prototype.
  if (keys.length > MOST_COMPILED_KEYS || keys.includes('__proto__')) return;
  try {
    shape.tree = compileTree(keys);
    shape.graph = compileGraph(keys);
  } catch {
    // --disallow-code-generation-from-strings: the general way is only slower.
  }
}

function compileTree(keys: readonly string[]): Make<never> {
  const fields = keys.map((key) => `${JSON.stringify(key)}: input.value()`);
  return new Function('input', `return { ${fields.join(', ')} };`) as never;
}

function compileGraph(keys: readonly string[]): Make<never> {
  const names = keys.map((key) => JSON.stringify(key));
  const fields = names.map((name) => `${name}: undefined`);
  const values = names.map((name) => `object[${name}] = input.value();`);
  return new Function(
    'input',
    `const object = { ${fields.join(', ')} };
     input.refs.push(object);
     ${values.join('\n')}
     return object;`,
  ) as never;
}
