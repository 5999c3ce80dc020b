/** Encoding for a receiver that can import modules before it decodes: a process that is being started. */
import { encode, type Undo } from './codec.js';
import { undoAll } from './contexts.js';
import {
  expectPreparation,
  needsPreparation,
  prepareFunctions,
} from './functions/function-pickler.js';

export interface EncodedWithModules {
  /** Modules that only import() can load, for `importModules`. */
  readonly modules: readonly string[];
  readonly message: Buffer;
  readonly handles: readonly number[];
  /** What to call when it does not arrive. */
  readonly undo: Undo[];
}

/** @throws {PicklingError} */
export async function encodeWithModules(value: unknown, root = ''): Promise<EncodedWithModules> {
  const asked = new Set<string>();
  const first = attempt(value, root, asked);
  if (!first.needsPreparation) return finish([], first);
  undoAll(first.undo);
  const modules = await prepareFunctions(value, asked);
  return finish(modules, attempt(value, root, asked));
}

interface Attempt {
  readonly message?: Buffer;
  readonly failure?: unknown;
  readonly handles: readonly number[];
  readonly undo: Undo[];
  /** Modules have to be imported before it can be told what travels by reference. */
  readonly needsPreparation: boolean;
}

function attempt(value: unknown, root: string, asked: ReadonlySet<string>): Attempt {
  const handles: number[] = [];
  const undo: Undo[] = [];
  const scratch = new Map();
  expectPreparation(scratch, asked);
  const outcome = () => ({ handles, undo, needsPreparation: needsPreparation(scratch) });
  try {
    const bytes = encode(value, { purpose: 'spawn', root, handles, undo, scratch });
    // A copy: the encoder uses its memory again.
    return { message: Buffer.from(bytes), ...outcome() };
  } catch (failure) {
    return { failure, ...outcome() };
  }
}

function finish(
  modules: readonly string[],
  { message, failure, handles, undo }: Attempt,
): EncodedWithModules {
  if (failure !== undefined) throw failure;
  return { modules, message: message!, handles, undo };
}
