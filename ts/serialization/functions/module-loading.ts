/**
 * Modules by URL or path, synchronously. `require` of an ES module that has been evaluated returns
 * its namespace at once and never waits: one that is in top-level await, or contains it, is refused
 * at once with ERR_REQUIRE_ASYNC_MODULE. Such a module can be had by import() only, ahead of time.
 */
import { createRequire, Module } from 'node:module';
import { types } from 'node:util';
import { PicklingError } from '../../errors.js';
import { packageEntry } from '../../package-root.js';
import { pathOf } from './descriptions.js';

type Namespace = Record<string, unknown>;

const nodeRequire = createRequire(import.meta.url);
const imported = new Map<string, Namespace>();
const required = new Map<string, Namespace>();

/** CommonJS modules by path. An ES module that was required stands here, too. */
export const requireCache = nodeRequire.cache;

/**
 * Imports modules that only import() can load, so that payloads can refer to them.
 * @param urls - What `prepareFunctions` returned in the process that sends the payload.
 */
export async function importModules(urls: readonly string[]): Promise<void> {
  await shareOwnInstance();
  await Promise.all(urls.map(importHere));
}

/**
 * Where require() is not Node's, it would make a second instance of this package, which knew nothing of
 * what happens here: it finds this one instead.
 */
export async function shareOwnInstance(): Promise<void> {
  if (requireIsNodes()) return;
  await importHere(packageEntry);
  const filename = pathOf(packageEntry);
  const exports = imported.get(packageEntry);
  requireCache[filename] ??= Object.assign(new Module(filename), {
    filename,
    exports,
    loaded: true,
  });
}

export async function importHere(url: string): Promise<void> {
  imported.set(url, await import(url));
}

export function isImported(url: string): boolean {
  return imported.has(url);
}

/** What the module exports: a namespace, or `module.exports` of CommonJS. */
export function loadModule(file: string): unknown {
  const namespace = imported.get(file) ?? required.get(file);
  if (namespace !== undefined) return namespace;
  try {
    const exports: unknown = quietly(() => nodeRequire(pathOf(file)));
    // Of a CommonJS module they may be others the next time.
    if (types.isModuleNamespaceObject(exports)) required.set(file, exports as Namespace);
    return exports;
  } catch (error) {
    if ((error as { code?: string }).code !== 'ERR_REQUIRE_ASYNC_MODULE') throw error;
    throw new PicklingError(
      `The module ${file} uses top-level await, so a message cannot refer to it before it has been imported here`,
      { cause: error },
    );
  }
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
