/**
 * Modules by URL or path, synchronously. `require` of an ES module that has been evaluated returns
 * its namespace at once and never waits: one that is in top-level await, or contains it, is refused
 * at once with ERR_REQUIRE_ASYNC_MODULE. Such a module can be had by import() only, ahead of time.
 */
import { createRequire, Module } from 'node:module';
import path from 'node:path';
import { pathToFileURL } from 'node:url';
import { PicklingError } from '../../errors.js';
import { packageEntry, packageRequireEntry } from '../../package-root.js';
import { pathOf } from './descriptions.js';

type Namespace = Record<string, unknown>;

const nodeRequire = createRequire(import.meta.url);
const imported = new Map<string, Namespace>();

/** CommonJS modules by path. An ES module that was required stands here, too. */
export const requireCache = nodeRequire.cache;

/**
 * Imports modules that only import() can load, so that payloads can refer to them.
 * @param urls - What `prepareFunctions` returned in the process that sends the payload.
 */
export async function importModules(urls: readonly string[]): Promise<void> {
  // Where require() is not Node's, it would make a second instance of this package, which knew nothing
  // of what happens here.
  const all = requireIsNodes() ? urls : [...urls, packageEntry];
  await Promise.all(all.map(importHere));
}

export async function importHere(url: string): Promise<void> {
  imported.set(url, await import(url));
}

export function isImported(url: string): boolean {
  return imported.has(url);
}

/** What the module exports: a namespace, or `module.exports` of CommonJS. */
export function loadModule(file: string): unknown {
  const namespace = imported.get(file) ?? ownNamespace(file);
  if (namespace !== undefined) return namespace;
  try {
    return quietly(() => nodeRequire(pathOf(file)));
  } catch (error) {
    if ((error as { code?: string }).code !== 'ERR_REQUIRE_ASYNC_MODULE') throw error;
    throw new PicklingError(
      `The module ${file} uses top-level await, so a message cannot refer to it before it has been imported here`,
      { cause: error },
    );
  }
}

/** A sender that has this package as CommonJS knows it by path. */
function ownNamespace(file: string): Namespace | undefined {
  if (file.startsWith('file:') || !path.isAbsolute(file)) return undefined;
  const { href } = pathToFileURL(file);
  return href === packageEntry || href === packageRequireEntry
    ? imported.get(packageEntry)
    : undefined;
}

/** Node 20 and 22 may call require() of an ES module experimental, once; the user asked for none. */
export function quietly<T>(work: () => T): T {
  const { emitWarning } = process;
  process.emitWarning = ((warning: string | Error, ...rest: never[]) => {
    if (!rest.some((part) => part === 'ExperimentalWarning'))
      emitWarning.call(process, warning, ...rest);
  }) as typeof emitWarning;
  try {
    return work();
  } finally {
    process.emitWarning = emitWarning;
  }
}

/**
 * Whether require() is Node's own, which shows in the primordials of its code. Where a loader such
 * as tsx has taken it over, an ES module that is loaded already would be run again as CommonJS.
 */
export function requireIsNodes(): boolean {
  const { _extensions } = Module as unknown as {
    _extensions: Record<string, Function>;
  };
  return /\bStringPrototypeEndsWith\(/.test(Function.prototype.toString.call(_extensions['.js']));
}

/** The module that this process was started with: no other process may run it. */
export function isMainModule(file: string): boolean {
  if (file === '') return true;
  return mainFiles().has(file);
}

let mainFilesCache: { of: string | undefined; files: Set<string> } | undefined;

/** A child takes over the arguments of its parent, and its main module with them. */
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
