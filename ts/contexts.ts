import { AuthenticationError, BufferTooShort, ProcessError, TimeoutError } from './errors.js';
import type { ManagerOptions } from './managers/manager-options.js';
import { Manager, type SyncManager } from './managers/sync-manager.js';
import { Pool } from './pool/pool.js';
import { ForkPool, ForkServerPool, SpawnPool } from './pool/pool-classes.js';
import { ShareableList } from './primitives/shareable-list.js';
import { SharedMemory } from './primitives/shared-memory.js';
import { cpuCount } from './process/cpu-count.js';
import { parentProcess } from './process/current.js';
import { setForkserverPreload, setForkserverSpares } from './process/forkserver/settings.js';
import { setSpawnExecutable } from './process/launch-spawn.js';
import { getLogger, logToStderr } from './process/logging.js';
import { activeChildren, currentProcess } from './process/main-process.js';
import { Process } from './process/process.js';
import { ForkProcess, ForkServerProcess, SpawnProcess } from './process/process-classes.js';
import {
  getAllStartMethods,
  getStartMethod,
  launcherOf,
  setStartMethod,
  validateStartMethod,
} from './process/start-methods.js';
import type { StartMethod } from './process/this-process.js';
import { JoinableQueue } from './queues/joinable-queue.js';
import { Queue } from './queues/queue.js';
import { SimpleQueue } from './queues/simple-queue.js';
import { RawArray, Array as SharedArray } from './sharedctypes/array.js';
import * as sharedctypes from './sharedctypes/names.js';
import { Structure } from './sharedctypes/structure.js';
import { RawValue, Value } from './sharedctypes/value.js';
import { Barrier } from './synchronize/barrier.js';
import { BoundedSemaphore } from './synchronize/bounded-semaphore.js';
import { Condition } from './synchronize/condition.js';
import { Event } from './synchronize/event.js';
import { Lock } from './synchronize/lock.js';
import { RLock } from './synchronize/rlock.js';
import { Semaphore } from './synchronize/semaphore.js';
import { Pipe } from './transport/pipe.js';
import { invalidType, validateString } from './validate.js';

// What is the same under every start method.
const shared = {
  Array: SharedArray,
  Barrier,
  BoundedSemaphore,
  Condition,
  Event,
  JoinableQueue,
  Lock,
  Pipe,
  Queue,
  RawArray,
  RawValue,
  RLock,
  Semaphore,
  ShareableList,
  SharedMemory,
  SimpleQueue,
  Structure,
  Value,
  activeChildren,
  cpuCount,
  currentProcess,
  parentProcess,
  sharedctypes,
  getAllStartMethods,
  getLogger,
  logToStderr,
  setForkserverPreload,
  setForkserverSpares,
  setExecutable,
  freezeSupport,
  AuthenticationError,
  BufferTooShort,
  ProcessError,
  TimeoutError,
};

/**
 * The package's names bound to one start method, whatever the default is.
 * @see Python: the context objects of `multiprocessing.get_context`
 */
export interface Context extends Readonly<typeof shared> {
  readonly Process: typeof Process;
  readonly Pool: typeof Pool;
  /** As the package's `Manager`; the server's process is started by this method, whatever `ctx` is given. */
  Manager(options?: ManagerOptions): Promise<SyncManager>;
  /** The start method of this context. */
  getStartMethod(): StartMethod;
  /** @throws TypeError - a context has one start method for ever. */
  setStartMethod(method: StartMethod): never;
  getContext: typeof getContext;
}

const contexts: Record<StartMethod, Context> = {
  forkserver: bind('forkserver', ForkServerProcess, ForkServerPool),
  fork: bind('fork', ForkProcess, ForkPool),
  spawn: bind('spawn', SpawnProcess, SpawnPool),
};

function bind(method: StartMethod, processClass: typeof Process, poolClass: typeof Pool): Context {
  return Object.freeze({
    ...shared,
    Process: processClass,
    Pool: poolClass,
    Manager: (options?: ManagerOptions) =>
      Manager({ ...options, ctx: { getStartMethod: () => method } }),
    getStartMethod: () => method,
    setStartMethod: () => {
      throw new TypeError(`The start method of this context is ${method} and cannot be changed`);
    },
    getContext,
  });
}

// Uses the default start method, whatever it is when a process is started.
const defaultContext = {
  ...shared,
  Process,
  Pool,
  Manager,
  getStartMethod,
  setStartMethod,
  getContext,
};

/**
 * The package's names bound to one start method.
 * @param method - `'forkserver'`, `'fork'` or `'spawn'`; without it, names that use the default start method.
 * @returns The same object each time.
 * @throws RangeError ERR_OUT_OF_RANGE - for a name that is no start method.
 * @throws {ForkUnsupportedError} ERR_MP_FORK_UNSUPPORTED
 * @see Python: `multiprocessing.get_context`
 */
export function getContext(method: StartMethod): Context;
export function getContext(method?: undefined): typeof defaultContext;
export function getContext(method?: StartMethod): Context | typeof defaultContext {
  if (method === undefined) return defaultContext;
  const valid = validateStartMethod(method);
  launcherOf(valid).requireSupport();
  return contexts[valid];
}

/**
 * Sets the program that spawned children run, instead of the one that runs this process. It must take
 * Node's arguments.
 * @see Python: `multiprocessing.set_executable`
 */
export function setExecutable(path: string | URL): void {
  if (typeof path !== 'string' && !(path instanceof URL)) {
    throw invalidType('path', 'a path or a URL', path);
  }
  setSpawnExecutable(typeof path === 'string' ? validateString('path', path) : path.pathname);
}

/**
 * Does nothing: programs need no preparation for being frozen. For programs that come from Python.
 * @see Python: `multiprocessing.freeze_support`
 */
export function freezeSupport(): void {}
