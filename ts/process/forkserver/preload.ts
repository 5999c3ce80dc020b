/** Server side: imports what the children are to have in memory. */
import { inspect } from 'node:util';
import { compileAt } from '../../serialization/functions/compile-code.js';
import { encode } from '../../serialization/pickle.js';
import type { PreloadFailure } from './protocol.js';

/** Imports each, as an `import()` in the file `base` would; all are tried. */
export async function preload(modules: readonly string[], base: string): Promise<PreloadFailure[]> {
  const failures: PreloadFailure[] = [];
  const importThere = importFrom(base);
  for (const module of modules) {
    try {
      await importThere(module);
    } catch (error) {
      failures.push({ module, error: portable(error) });
    }
  }
  return failures;
}

/** Anything may be thrown. What cannot travel arrives as its text. */
function portable(error: unknown): unknown {
  try {
    encode(error);
    return error;
  } catch {
    return new Error(inspect(error));
  }
}

function importFrom(file: string): (specifier: string) => Promise<unknown> {
  const source = 'return import(specifier)';
  return compileAt(source, ['specifier'], { file, line: 0, column: 0, text: '' }, 0) as (
    specifier: string,
  ) => Promise<unknown>;
}
