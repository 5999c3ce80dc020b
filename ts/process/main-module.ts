/**
 * The main module in spawned processes: Python's way, on request. Each of them then runs the module
 * before its work, so what only the first process is to do needs a guard; what tells that it is
 * missing is the process that such a module starts.
 */
import { AsyncLocalStorage } from 'node:async_hooks';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { InvalidStateError } from '../errors.js';
import {
  findMain,
  importedMain,
  importMain,
  type MainModule,
  setImportedMain,
} from '../serialization/pickle.js';
import { validateBoolean } from '../validate.js';

/**
 * Whether spawned processes import the main module before their work. To be called in the main module,
 * before it starts processes; their own children do the same. Default: false.
 *
 * Functions and classes of the main module then travel by name: each process has the module's
 * variables for itself, such as an open database, and what its top level does is done in each. So what
 * only the first process is to do stands in `if (isMainProcess) { … }`. Functions inside of others
 * still travel with the variables that they use, other than those of the module.
 *
 * Without effect on `fork`, where everything is there already.
 * @throws {InvalidStateError} ERR_MP_INVALID_STATE - for `true` in a program without a main module:
 * `node -e`, standard input, the REPL.
 * @throws TypeError ERR_INVALID_ARG_TYPE
 * @see Python: what `spawn` and `forkserver` always do with `__main__`.
 */
export function setImportMain(enabled: boolean): void {
  validateBoolean('enabled', enabled);
  // A child knows the module from its parent.
  if (enabled) setImportedMain(importedMain() ?? requireMain());
  else setImportedMain(undefined);
}

function requireMain(): MainModule {
  const main = findMain();
  if (main !== undefined) return main;
  throw new InvalidStateError(
    'Expected a main module that other processes can import; this program comes from `node -e`, standard input or the REPL',
  );
}

/** The path of the main module, for all that it does and sets going while it is imported. */
const importing = new AsyncLocalStorage<string>();

/** Child side, before anything else of the program's is loaded. */
export async function importMainModule(main: MainModule): Promise<void> {
  await importing.run(fileURLToPath(main.url), () => importMain(main));
}

/** Whether this is called by the main module that a child imports, or by what that has set going. */
export function isImportingMain(): boolean {
  return importing.getStore() !== undefined;
}

/**
 * A process that is started here would start one, too, and so on.
 * @throws {InvalidStateError} When this is called by the main module that a child imports.
 */
export function requireGuard(): void {
  const main = importing.getStore();
  if (main === undefined) return;
  throw new InvalidStateError(
    `The main module starts a process while a child imports it, at ${placeIn(main)}.\n` +
      'With setImportMain(true) every process runs the main module. What only the first one is to do needs a guard:\n\n' +
      "    import { isMainProcess } from 'node-multiprocessing';\n\n" +
      '    if (isMainProcess) {\n      …\n    }\n',
  );
}

/** The innermost line of the module on the stack. */
function placeIn(main: string): string {
  const { stack = '' } = new Error();
  const { href } = pathToFileURL(main);
  for (const line of stack.split('\n')) {
    const [, file, place] = /\(?([^() ]*?)(:\d+:\d+)\)?$/.exec(line) ?? [];
    if (file === href || file === main) return main + place;
  }
  return main;
}
