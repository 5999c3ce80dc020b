/**
 * The main module: the one that the root process was started with. It runs once, and its functions
 * travel by value; or every process imports it, and its functions travel by name.
 */
import { existsSync } from 'node:fs';
import { createRequire } from 'node:module';
import { fileURLToPath, pathToFileURL } from 'node:url';

export interface MainModule {
  /** A `file:` URL. */
  readonly url: string;
  /** Loaded by require(), not by import. */
  readonly isCommonJs: boolean;
}

const nodeRequire = createRequire(import.meta.url);

let imported: MainModule | undefined;

/** From now on its functions travel by name; undefined: by value again. */
export function setImportedMain(main: MainModule | undefined): void {
  imported = main;
}

/** The main module, if spawned processes import it. */
export function importedMain(): MainModule | undefined {
  return imported;
}

/** Whether the module, by URL or path, is one whose functions travel by name. */
export function isImportedMain(file: string): boolean {
  return imported !== undefined && (file === imported.url || file === fileURLToPath(imported.url));
}

/** The main module of this program; undefined for `node -e`, standard input and the REPL. */
export function findMain(): MainModule | undefined {
  const [, main] = process.argv;
  // With `-e` the arguments begin where otherwise the main module stands.
  if (main === undefined || '_eval' in process) return undefined;
  const path = resolvedPath(main);
  if (!existsSync(path)) return undefined;
  return { url: pathToFileURL(path).href, isCommonJs: nodeRequire.main?.filename === path };
}

/** The module that this process was started with, or its root: a child shows its parent's arguments. */
export function isMainModule(file: string): boolean {
  if (file === '') return true;
  return mainFiles().has(file);
}

let mainFilesCache: { of: string | undefined; files: Set<string> } | undefined;

function mainFiles(): Set<string> {
  const [, main] = process.argv;
  if (mainFilesCache === undefined || mainFilesCache.of !== main) {
    const paths = [main, nodeRequire.main?.filename].filter((path) => path);
    const files = new Set(paths.flatMap((path) => spellings(path!)));
    mainFilesCache = { of: main, files };
  }
  return mainFilesCache.files;
}

function spellings(path: string): string[] {
  const resolved = resolvedPath(path);
  return [path, resolved, pathToFileURL(resolved).href];
}

function resolvedPath(path: string): string {
  try {
    return nodeRequire.resolve(path);
  } catch {
    return path;
  }
}
