/** Server side: imports what the children are to have in memory. */
import vm from 'node:vm';
import type { PreloadFailure } from './protocol.js';

/** Imports each, as an `import()` in the file `base` would; all are tried. */
export async function preload(modules: readonly string[], base: string): Promise<PreloadFailure[]> {
  const failures: PreloadFailure[] = [];
  const importThere = importFrom(base);
  for (const module of modules) {
    try {
      await importThere(module);
    } catch (error) {
      failures.push({ module, error });
    }
  }
  return failures;
}

function importFrom(filename: string): (specifier: string) => Promise<unknown> {
  return vm.compileFunction('return import(specifier)', ['specifier'], {
    filename,
    importModuleDynamically: vm.constants.USE_MAIN_CONTEXT_DEFAULT_LOADER,
  }) as (specifier: string) => Promise<unknown>;
}
