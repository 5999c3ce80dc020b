/**
 * What this process knows of itself: its place in the tree of processes. One per process; in a
 * child, set before anything of the user's runs.
 */
import { adoptLogging, type LoggingConfig } from '../logging/logger.js';
import { native } from '../native/binding.js';
import { randomBytes } from '../native/random.js';
import type { MainModule } from '../serialization/pickle.js';

/** How a process may be started. */
export type StartMethod = 'fork' | 'forkserver' | 'spawn';

/** What one child of a process after the other has in common, as long as nothing changes there. */
export interface Circumstances {
  readonly parentPid: number;
  /** The process with whose end the tree ends, unless the child is detached. */
  readonly rootPid: number;
  readonly parentName: string;
  /** What the titles of the tree's processes begin with. */
  readonly program: string;
  /** The child's own default, as it was started with. */
  readonly startMethod: StartMethod;
  /** What a spawned child imports before its work; null when it imports no main module. */
  readonly mainModule: MainModule | null;
  readonly logging: LoggingConfig | undefined;
  /** It may outlive its parent. */
  readonly detached: boolean;
}

/** What makes a child the one that it is. */
export interface Particulars {
  readonly name: string;
  /** The numbers on the way from the root process: `[1, 2]` is the second child of its first. */
  readonly identity: readonly number[];
  readonly daemon: boolean;
  /** It may have children although it is daemonic. */
  readonly nests: boolean;
  readonly authkey: Uint8Array;
  /** Where its inspector shall listen; undefined: it has none. */
  readonly inspector: { readonly host: string; readonly port: number } | undefined;
}

/** What a child is told about itself. */
export interface ChildConfig extends Circumstances, Particulars {}

interface ThisProcess {
  identity: readonly number[];
  childCount: number;
  config: ChildConfig | undefined;
  /** The one that was chosen, or relied upon; undefined before. */
  startMethod: StartMethod | undefined;
}

const self: ThisProcess = {
  identity: [],
  childCount: 0,
  config: undefined,
  startMethod: undefined,
};
let rootAuthkey: Uint8Array | undefined;

/**
 * Whether this is the process that the user started, not one that this package started from it.
 * Children import modules, but do not run the main module again, so programs need no guard; this is
 * for code that wants to know, and for programs with `setImportMain(true)`. Live: in a forked child it changes to `false`, also for importers.
 * @see Python: `__name__ == '__main__'`
 */
export let isMainProcess = true;

/** Makes this process the child that the config describes. */
export function becomeChild(config: ChildConfig): void {
  self.identity = config.identity;
  self.childCount = 0;
  self.config = config;
  self.startMethod = config.startMethod;
  native.setTreeRoot(config.detached ? process.pid : config.rootPid);
  adoptLogging(config.logging);
  isMainProcess = false;
}

/** This is a process of this package's own, with nothing of the program in it but what it is asked to load. */
export function becomeHelper(): void {
  isMainProcess = false;
}

/** The config this process was started with; undefined in the root process. */
export function ownConfig(): ChildConfig | undefined {
  return self.config;
}

/** The identity for the next child. */
export function nextIdentity(): number[] {
  self.childCount++;
  return [...self.identity, self.childCount];
}

/** The key of the process tree: 32 random bytes, unless the parent gave another. */
export function defaultAuthkey(): Uint8Array {
  if (self.config !== undefined) return self.config.authkey;
  rootAuthkey ??= new Uint8Array(randomBytes(32));
  return rootAuthkey;
}

export function chosenStartMethod(): StartMethod | undefined {
  return self.startMethod;
}

export function chooseStartMethod(method: StartMethod | undefined): void {
  self.startMethod = method;
}
