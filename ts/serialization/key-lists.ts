/**
 * The key lists of the objects that this process has written. A payload spells a list out once and
 * then names it by number; the spelling is kept here ready to copy. A tree over the keys finds the
 * list of an object without hashing or joining anything.
 */
import { writeString } from './strings.js';
import { Tag } from './tags.js';
import { Writer } from './writer.js';

/** Objects with more keys are rather tables, which seldom share their keys. */
export const LONGEST_KEY_LIST = 64;

// Bounds the memory that objects with ever different keys take; the tree then starts anew.
const LARGEST_TREE = 8192;

export interface KeyList {
  readonly keys: readonly string[];
  /** `SHAPE_NEW` and the spelling. */
  readonly definition: Uint8Array;
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
    serial: 0,
    index: 0,
  };
}

// FNV-1a. The reader only looks it up, so that it need not hash for itself.
function hashOf(bytes: Uint8Array): number {
  let hash = 0x811c9dc5;
  for (const byte of bytes) hash = Math.imul(hash ^ byte, 0x01000193);
  return hash >>> 0;
}
