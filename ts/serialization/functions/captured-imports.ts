/**
 * Objects that a module has imported: found by reading the import declarations of its file, and
 * verified by identity. Functions and classes do not need this: they know where they were made.
 */
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { pathToFileURL } from 'node:url';
import { packageEntry, packageRequireEntry } from '../../package-root.js';
import { pathOf } from './descriptions.js';
import type { Reference } from './heads.js';
import { isMainModule } from './main-module.js';
import { type ExportReference, exportIn, wholeModule } from './module-exports.js';
import { loadModule, requireCache, requireIsNodes } from './module-loading.js';
import { isLoadedScript } from './script-urls.js';

interface ImportedName {
  readonly from: string;
  /** `*` for the namespace. */
  readonly name: string;
}

const DECLARATION = /^[ \t]*import\s+(?!type\b)([^'"()]*?)\s*\bfrom\s*(['"])(.+?)\2/gm;

const scanned = new Map<string, ReadonlyMap<string, ImportedName>>();

/** Searched once for each object; what was imported does not change. */
const answers = new WeakMap<object, Map<string, ExportReference | undefined>>();

export function importedObject(
  local: string,
  value: object,
  file: string,
): ExportReference | undefined {
  if (!file.startsWith('file:')) return undefined;
  const ofValue = answers.get(value) ?? new Map();
  answers.set(value, ofValue);
  const key = `${local} ${file}`;
  if (!ofValue.has(key)) ofValue.set(key, search(local, value, file));
  return ofValue.get(key);
}

function search(local: string, value: object, file: string): ExportReference | undefined {
  const found = importsOf(file).get(local);
  if (found === undefined) return undefined;
  const target = resolve(found.from, file);
  if (target === undefined || isMainModule(target)) return undefined;
  if (found.name === '*') return wholeModule(value, target);
  return namedExport(value, target, found.name);
}

function namedExport(value: object, target: string, name: string): ExportReference | undefined {
  const cached = requireCache[pathOf(target)];
  if (cached === undefined && !(isLoadedScript(target) && requireIsNodes())) return undefined;
  try {
    const exports = loadModule(target) as Record<string, unknown>;
    if (name === 'default' && exports === value) return { file: target, name: null };
    return exports[name] === value ? { file: target, name } : undefined;
  } catch {
    return undefined;
  }
}

/**
 * Where the import leads. For packages with different files for import and require this may be the
 * wrong one, which then is not loaded here, or does not hold the value.
 */
function resolve(specifier: string, file: string): string | undefined {
  try {
    if (/^\.{0,2}\//.test(specifier)) return new URL(specifier, file).href;
    if (/^[a-z]{2,}:/.test(specifier)) return specifier;
    const url = pathToFileURL(createRequire(file).resolve(specifier)).href;
    return url === packageRequireEntry ? packageEntry : url;
  } catch {
    return undefined;
  }
}

/**
 * A plain value that is imported from this package, such as `isMainProcess`: the receiver has one of
 * its own. Plain values of other modules travel, so that no module is loaded for a number.
 */
export function ownExport(local: string, file: string): Reference | undefined {
  if (!file.startsWith('file:')) return undefined;
  const found = importsOf(file).get(local);
  if (found === undefined || found.name === '*' || resolve(found.from, file) !== packageEntry) {
    return undefined;
  }
  return { kind: 'export', file: packageEntry, name: found.name };
}

/** With nothing to tell where a function was made: the modules that main imports, and theirs. */
const MAX_MODULES = 1000;

export function exportOfImported(value: object): ExportReference | undefined {
  const [, main] = process.argv;
  if (main === undefined || !requireIsNodes()) return undefined;
  const files = new Set([pathToFileURL(main).href]);
  for (const file of files) {
    const found = isMainModule(file) ? undefined : exportIn(value, file);
    if (found !== undefined) return found;
    if (files.size > MAX_MODULES) continue;
    for (const { from } of importsOf(file).values()) {
      const target = resolve(from, file);
      if (target?.startsWith('file:')) files.add(target);
    }
  }
  return undefined;
}

function importsOf(file: string): ReadonlyMap<string, ImportedName> {
  let names = scanned.get(file);
  if (names === undefined) {
    names = new Map(scan(read(file)));
    scanned.set(file, names);
  }
  return names;
}

function read(file: string): string {
  try {
    return readFileSync(pathOf(file.replace(/\?.*$/, '')), 'utf8');
  } catch {
    return '';
  }
}

function* scan(source: string): Generator<[local: string, ImportedName]> {
  const text = source.replace(/\/\*[\s\S]*?\*\//g, '');
  for (const [, clause, , from] of text.matchAll(DECLARATION)) {
    const [, braces = ''] = /\{([^}]*)\}/.exec(clause!) ?? [];
    for (const part of braces.split(',')) {
      const [, name, local] = /^\s*(?:type\s+)?([\w$]+)(?:\s+as\s+([\w$]+))?\s*$/.exec(part) ?? [];
      if (name !== undefined) yield [local ?? name, { from: from!, name }];
    }
    const rest = clause!.replace(/\{[^}]*\}/, '');
    const [, star] = /\*\s*as\s+([\w$]+)/.exec(rest) ?? [];
    if (star !== undefined) yield [star, { from: from!, name: '*' }];
    const [, main] = /^\s*([\w$]+)/.exec(rest.replace(/\*\s*as\s+[\w$]+/, '')) ?? [];
    if (main !== undefined) yield [main, { from: from!, name: 'default' }];
  }
}
