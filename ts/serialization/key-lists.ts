/**
 * The key lists of the objects that this process has written. A payload spells a list out once and
 * then names it by number; the spelling is kept here ready to copy. A tree over the keys finds the
 * list of an object without hashing or joining anything.
 */
import { writeString } from './strings.js';
import { Tag } from './tags.js';
import { propertyStep } from './trail.js';
import { Writer } from './writer.js';

/** Objects with more keys are rather tables, which seldom share their keys. */
export const LONGEST_KEY_LIST = 64;

// Bounds the memory that objects with ever different keys take; the tree then starts anew.
const LARGEST_TREE = 8192;

type WriteValues = (out: never, object: object) => void;

// Compiling costs as much as writing this many objects without.
const USES_BEFORE_COMPILING = 50;

export interface KeyList {
  readonly keys: readonly string[];
  /** `SHAPE_NEW` and the spelling. */
  readonly definition: Uint8Array;
  uses: number;
  /** Writes the values of an object with these keys; made when the list has earned it. */
  write: WriteValues | undefined;
  /** The payload that spelled the list out last, and its number there. */
  serial: number;
  index: number;
}

class TreeNode {
  // The way taken first stands apart: mostly there is no other.
  key: string | undefined;
  next: TreeNode | undefined;
  others: Map<string, TreeNode> | undefined;
  list: KeyList | undefined;
}

let root = new TreeNode();
let treeSize = 0;

export function keyListOf(keys: readonly string[]): KeyList {
  let node = root;
  for (let i = 0; i < keys.length; i++) {
    const key = keys[i]!;
    node = node.key === key ? node.next! : otherWay(node, key);
  }
  node.list ??= spellOut(keys);
  return node.list;
}

function otherWay(node: TreeNode, key: string): TreeNode {
  if (node.next === undefined) {
    node.key = key;
    node.next = newNode();
    return node.next;
  }
  node.others ??= new Map();
  let next = node.others.get(key);
  if (next === undefined) {
    next = newNode();
    node.others.set(key, next);
  }
  return next;
}

function newNode(): TreeNode {
  if (++treeSize > LARGEST_TREE) {
    root = new TreeNode();
    treeSize = 0;
  }
  return new TreeNode();
}

function spellOut(keys: readonly string[]): KeyList {
  const body = new Writer();
  body.unsigned(keys.length);
  for (const key of keys) writeString(body, key);
  const spelling = body.take();
  const all = new Writer();
  all.byte(Tag.SHAPE_NEW);
  all.uint32(hashOf(spelling));
  all.unsigned(spelling.length);
  all.raw(spelling);
  return {
    keys,
    definition: Uint8Array.prototype.slice.call(all.take()),
    uses: 0,
    write: undefined,
    serial: 0,
    index: 0,
  };
}

/** Counts a use, and compiles the list when it has earned it. */
export function countUse(list: KeyList): void {
  if (++list.uses !== USES_BEFORE_COMPILING) return;
  try {
    list.write = compile(list.keys);
  } catch {
    // --disallow-code-generation-from-strings: the general way is only slower.
  }
}

/** Reading a property by a name in the code is several times as fast as by a variable. */
function compile(keys: readonly string[]): WriteValues {
  const values = keys.map((key, i) => `i = ${i}; out.value(object[${JSON.stringify(key)}]);`);
  const make = new Function(
    'keys',
    'propertyStep',
    `return function (out, object) {
       let i = 0;
       try {
         ${values.join('\n')}
       } catch (error) {
         throw out.failed(error, propertyStep(object, keys[i]));
       }
     };`,
  );
  return make(keys, propertyStep);
}

// FNV-1a. The reader only looks it up, so that it need not hash for itself.
function hashOf(bytes: Uint8Array): number {
  let hash = 0x811c9dc5;
  for (const byte of bytes) hash = Math.imul(hash ^ byte, 0x01000193);
  return hash >>> 0;
}
