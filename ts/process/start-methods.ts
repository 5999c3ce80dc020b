/** The start methods of this system, and the one that is used where none is named. */
import { InvalidStateError } from '../errors.js';
import { invalidType, outOfRange, validateOptions } from '../validate.js';
import { forkLauncher } from './launch-fork.js';
import { forkserverLauncher } from './launch-forkserver.js';
import { spawnLauncher } from './launch-spawn.js';
import type { Launcher } from './launcher.js';
import { isImportingMain } from './main-module.js';
import { chooseStartMethod, chosenStartMethod, type StartMethod } from './this-process.js';

// The default is the first that works.
const launchers: Record<StartMethod, Launcher> = {
  forkserver: forkserverLauncher,
  fork: forkLauncher,
  spawn: spawnLauncher,
};
const methods = Object.keys(launchers) as StartMethod[];
const expected = methods.map((method) => `'${method}'`).join(', ');

/** @throws RangeError for a name that is no start method. */
export function validateStartMethod(method: unknown): StartMethod {
  if (typeof method !== 'string') throw invalidType('method', `one of ${expected}`, method);
  if (!Object.hasOwn(launchers, method)) {
    throw outOfRange('method', `one of ${expected}`, method);
  }
  return method as StartMethod;
}

export function launcherOf(method: StartMethod | undefined): Launcher {
  return launchers[method ?? getStartMethod()];
}

/**
 * The start methods that work in this thread, the default one first.
 * @see Python: `multiprocessing.get_all_start_methods`
 */
export function getAllStartMethods(): StartMethod[] {
  return methods.filter((method) => isSupported(launchers[method]));
}

function isSupported(launcher: Launcher): boolean {
  try {
    launcher.requireSupport();
    return true;
  } catch {
    return false;
  }
}

/**
 * Chooses how processes start from now on. Once only, before anything has relied on the default. Does
 * nothing while a child imports the main module: it has the method of its parent.
 * @param method - `'forkserver'`, `'fork'`, `'spawn'`; `undefined` with `force`: the default of the system again.
 * @throws {InvalidStateError} ERR_MP_INVALID_STATE - when it has been chosen already, without `force`.
 * @throws {ForkUnsupportedError} ERR_MP_FORK_UNSUPPORTED - `'fork'` or `'forkserver'` where no fork can be made safe.
 * @see Python: `multiprocessing.set_start_method`
 */
export function setStartMethod(
  method: StartMethod | undefined,
  options?: { force?: boolean | undefined },
): void {
  const { force = false } = validateOptions(options);
  if (isImportingMain()) return;
  const chosen = chosenStartMethod();
  if (chosen !== undefined && !force) {
    throw new InvalidStateError(`The start method has already been set, to ${chosen}`);
  }
  if (method === undefined && force) {
    chooseStartMethod(undefined);
    return;
  }
  const valid = validateStartMethod(method);
  launchers[valid].requireSupport();
  chooseStartMethod(valid);
}

/**
 * The start method that is used where none is named. Asking fixes it, unless `allowNone`.
 * @returns With `allowNone`, undefined while none has been chosen.
 * @see Python: `multiprocessing.get_start_method`
 */
export function getStartMethod(): StartMethod;
export function getStartMethod(options: {
  allowNone?: boolean | undefined;
}): StartMethod | undefined;
export function getStartMethod(options?: {
  allowNone?: boolean | undefined;
}): StartMethod | undefined {
  const { allowNone = false } = validateOptions(options);
  if (chosenStartMethod() === undefined && !allowNone) chooseStartMethod(defaultMethod());
  return chosenStartMethod();
}

function defaultMethod(): StartMethod {
  return getAllStartMethods()[0]!;
}
