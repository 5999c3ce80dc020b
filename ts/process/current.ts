/** The objects that stand for this process and for its parent. */
import { type ParentHandle, ParentProcess } from './parent-process.js';

export type { ParentHandle };

interface Parent {
  readonly name: string;
  readonly pid: number;
  readonly handle: ParentHandle | undefined;
}

let current: object | undefined;
let parent: Parent | undefined;
let parentObject: ParentProcess | undefined;

/** In a child: `self` is its process object from now on. */
export function setCurrent(
  self: object,
  parentName: string,
  parentPid: number,
  parentHandle?: ParentHandle,
): void {
  current = self;
  // Said twice where there was a stand-in. In a forked child the other one is its grandparent.
  if (parent?.pid === parentPid) return;
  parent = { name: parentName, pid: parentPid, handle: parentHandle };
  parentObject = undefined;
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
  // Made when it is asked for, which most children never do.
  if (parent !== undefined) {
    parentObject ??= new ParentProcess(parent.name, parent.pid, parent.handle);
  }
  return parentObject;
}
