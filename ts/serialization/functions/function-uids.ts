/**
 * Functions keep their identity across processes: each that travels by value has an id, made by
 * the process that it comes from. What was rebuilt from an id goes back under the same id, and the
 * process of origin finds its own function again.
 */
import { randomBytes } from '../../native/random.js';

let origin = '';
let originPid = 0;
let count = 0;

/** Unique among all processes and threads; a forked child makes ids of its own. */
export function newUid(): string {
  if (originPid !== process.pid) {
    originPid = process.pid;
    origin = randomBytes(9).toString('base64url');
    count = 0;
  }
  return `${origin}.${(count++).toString(36)}`;
}

const uids = new WeakMap<Function, string>();
const functions = new Map<string, WeakRef<Function>>();
const collected = new FinalizationRegistry<string>((uid) => {
  if (functions.get(uid)?.deref() === undefined) functions.delete(uid);
});

export function uidOf(fn: Function): string {
  let uid = uids.get(fn);
  if (uid === undefined) {
    uid = newUid();
    remember(fn, uid);
  }
  return uid;
}

/** From now on `uid` means this function here, and the function travels under `uid`. */
export function remember(fn: Function, uid: string): void {
  label(fn, uid);
  functions.set(uid, new WeakRef(fn));
  collected.register(fn, uid);
}

/** The function travels under `uid`; another one with the same id may be made here. */
export function label(fn: Function, uid: string): void {
  uids.set(fn, uid);
}

export function functionWith(uid: string): Function | undefined {
  return functions.get(uid)?.deref();
}
