/** How the next forkserver of this thread is to be made. */
import path from 'node:path';
import { pathToFileURL } from 'node:url';
import { invalidType, outOfRange, validateInteger, validateOptions } from '../../validate.js';
import type { PreloadFailure, ServerSettings } from './protocol.js';
import { knownServer } from './server-record.js';

/** What becomes of a module that the forkserver cannot import. */
export type PreloadErrorMode =
  | 'ignore'
  | 'warn'
  | 'fail'
  | ((error: unknown, module: string) => void);

export interface PreloadOptions {
  /**
   * What to do when a module cannot be imported: `'warn'` (default) emits a process warning with the
   * code `MP_PRELOAD_FAILED`, `'fail'` lets `start()` reject with the error, `'ignore'` does nothing; a
   * function is called with the error and the module's name. The other modules are imported all the same.
   */
  onError?: PreloadErrorMode | undefined;
}

/** More would take memory, and save nothing: they are made again within milliseconds. */
const MAX_SPARES = 1024;
const DEFAULT_SPARES = 4;

interface Settings {
  preload: readonly string[];
  onError: PreloadErrorMode;
  spares: number;
  /** Changes with each change: a server that was made before is not asked any more. 0: never changed. */
  version: number;
}

const settings: Settings = { preload: [], onError: 'warn', spares: DEFAULT_SPARES, version: 0 };

export function settingsVersion(): number {
  return settings.version;
}

/** What this thread has chosen; if nothing, what whoever started the server of the tree has. */
export function serverSettings(): ServerSettings {
  const { preload, spares, version } = settings;
  const inherited = version === 0 ? knownServer()?.settings : undefined;
  return inherited ?? { preload, base: baseFile(), spares };
}

/** Modules to preload are named as in an import() of the main module. */
function baseFile(): string {
  return process.argv[1] ?? path.join(process.cwd(), '[eval]');
}

/**
 * Modules that the forkserver imports before its first fork: its children have them in memory, and
 * start as if they had never to be loaded. For what the program starts from now on: a server that runs
 * already is replaced at the next start. Children that it has started live on.
 * @param modules - As in `import()` from the main module: package names, paths that begin with `.` or
 * `/`, URLs. Each replaces the ones given before.
 * @throws TypeError ERR_INVALID_ARG_TYPE - for anything but a list of names.
 * @see Python: `multiprocessing.set_forkserver_preload`; differs: failures are warned of by default, and
 * the list may change while a server runs.
 */
export function setForkserverPreload(
  modules: readonly (string | URL)[],
  options?: PreloadOptions,
): void {
  if (!Array.isArray(modules)) throw invalidType('modules', 'a list of module names', modules);
  const { onError = 'warn' } = validateOptions(options);
  validateErrorMode(onError);
  settings.preload = modules.map((module, i) => toSpecifier(module, `modules[${i}]`));
  settings.onError = onError;
  settings.version++;
}

function validateErrorMode(mode: unknown): void {
  if (typeof mode === 'function') return;
  const expected = "'ignore', 'warn', 'fail' or a function";
  if (typeof mode !== 'string') throw invalidType('onError', expected, mode);
  if (!['ignore', 'warn', 'fail'].includes(mode)) throw outOfRange('onError', expected, mode);
}

function toSpecifier(module: unknown, name: string): string {
  if (module instanceof URL) return module.href;
  if (typeof module !== 'string') throw invalidType(name, 'a module name or a URL', module);
  return path.isAbsolute(module) ? pathToFileURL(module).href : module;
}

/**
 * How many children the forkserver may keep forked ahead of need. They wait for work, so that a start
 * takes a fraction of the time; each costs a few megabytes. It forks ahead only as many as have been asked
 * for at a time, and ends them when nothing has been asked for in 5 seconds. Unless this is 0, a process, or
 * a worker_thread, that starts a second one within that time has its next child reserved, in addition.
 * @param count - From 0 (none is forked ahead) to 1024. Default: 4.
 * @throws TypeError, RangeError
 * @see Python has none.
 */
export function setForkserverSpares(count: number): void {
  settings.spares = validateInteger('count', count, { max: MAX_SPARES });
  settings.version++;
}

/** Tells the user of failures in the way that was chosen. @throws the first one for `'fail'`. */
export function reportPreloadFailures(failures: readonly PreloadFailure[]): void {
  const { onError } = settings;
  for (const { module, error } of failures) {
    if (typeof onError === 'function') onError(error, module);
    if (onError === 'fail') throw error;
    if (onError === 'warn') {
      process.emitWarning(`The forkserver could not import ${module}: ${error}`, {
        code: 'MP_PRELOAD_FAILED',
        type: 'MultiprocessingWarning',
      });
    }
  }
}
