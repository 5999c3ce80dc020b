/** The objects that stand for this process and for its parent. */
import { ParentProcess } from './parent-process.js';

let current: object | undefined;
let parent: ParentProcess | undefined;

/** In a child: `self` is its process object from now on. */
export function setCurrent(self: object, parentName: string, parentPid: number): void {
  current = self;
  // Said twice where there was a stand-in. In a forked child the other one is its grandparent.
  if (parent?.pid !== parentPid) parent = new ParentProcess(parentName, parentPid);
}

/** The process object of this process; undefined in a root process that never asked for its own. */
export function currentOrNone(): object | undefined {
  return current;
}

/** In the root process, when it asks for its own object. */
export function setMain(self: object): void {
  current = self;
}

/**
 * The process that started this one: its `name` and `pid`, whether it is alive, and a `join` that
 * waits for its end.
 * @returns Undefined in the root process.
 * @see Python: `multiprocessing.parent_process`
 */
export function parentProcess(): ParentProcess | undefined {
  return parent;
}
