/**
 * How a captured value travels: most as values in slots, some better as what the receiver has
 * itself (modules of Node, imported modules, `require`, `module`).
 */
import { Module } from 'node:module';
import { types } from 'node:util';
import { builtinRoot } from './builtins.js';
import { importedObject, ownExport } from './captured-imports.js';
import type { CodeFacts } from './code-facts.js';
import type { Reference } from './heads.js';
import { isMainModule } from './main-module.js';
import { type ExportReference, wholeModule } from './module-exports.js';
import { requireCache } from './module-loading.js';

/** The stand-ins for `import.meta` that were made here, and the file of each. */
const metas = new WeakMap<object, string>();

export function rememberMeta(meta: object, file: string): void {
  metas.set(meta, file);
}

export function referenceTo(name: string, value: unknown, facts: CodeFacts): Reference | undefined {
  const { file } = facts.code;
  if (typeof value !== 'object' || value === null) return ownExport(name, file);
  if (types.isProxy(value)) return interopOf(name, value, facts);
  const meta = metas.get(value);
  if (meta !== undefined) return { kind: 'meta', file: meta };
  const path = builtinRoot(value);
  if (path !== undefined) return { kind: 'builtin', path };
  if (value instanceof Module) return { kind: 'module', file: value.filename ?? file };
  const found = importedObject(name, value, file) ?? commonJsExports(value, file);
  if (found !== undefined) return asReference(found);
  return interopOf(name, value, facts);
}

export function asReference({ file, name }: ExportReference): Reference {
  return { kind: 'export', file, name };
}

let exportsIndex = new Map<unknown, string>();
let indexed = 0;

/** `module.exports` of a loaded module other than main and the file itself. */
function commonJsExports(value: object, file: string): ExportReference | undefined {
  const files = Object.keys(requireCache);
  if (files.length !== indexed) {
    indexed = files.length;
    exportsIndex = new Map(files.map((path) => [requireCache[path]?.exports, path]));
  }
  const path = exportsIndex.get(value);
  if (path === undefined || path === file || isMainModule(path)) return undefined;
  return wholeModule(value, path);
}

/**
 * The wrappers that compilers put around an imported CommonJS module: recognised by a `default`
 * that is such a module.
 */
function interopOf(name: string, value: object, facts: CodeFacts): Reference | undefined {
  if (!/^import_|^__vite_ssr_import_|_default$|_\d+$|^_interop/.test(name)) return undefined;
  const { default: inner } = value as { default?: unknown };
  if (typeof inner !== 'object' && typeof inner !== 'function') return undefined;
  if (inner === null || inner === value) return undefined;
  const path = builtinRoot(inner);
  const of: Reference | undefined =
    path === undefined
      ? asMaybe(commonJsExports(inner, facts.code.file))
      : { kind: 'builtin', path };
  return of && { kind: 'interop', of };
}

function asMaybe(found: ExportReference | undefined): Reference | undefined {
  return found && asReference(found);
}

/**
 * Of an object that stands for a module (`import_x`, `__vite_ssr_import_1__`) only the members that
 * the code names: the rest may not be able to travel. Any other use takes the whole of it.
 */
export function usedMembers(name: string, value: unknown, text: string): unknown {
  if (typeof value !== 'object' || value === null) return value;
  // Wrappers of test runners may be proxies; to look at one of the user runs its traps.
  if (types.isProxy(value) && !name.startsWith('__vite_ssr_import_')) return value;
  if (!isModuleLike(value)) return value;
  const escaped = name.replaceAll('$', '\\$');
  const uses = text.match(new RegExp(`(?<![\\w$.])${escaped}(?![\\w$])`, 'g'));
  const named = [...text.matchAll(new RegExp(`(?<![\\w$.])${escaped}\\s*\\.\\s*([\\w$]+)`, 'g'))];
  if (uses === null || uses.length !== named.length) return value;
  const members = named.map(([, member]) => [member!, Reflect.get(value, member!)]);
  return Object.fromEntries(members);
}

function isModuleLike(value: object): boolean {
  return (
    Reflect.get(value, Symbol.toStringTag) === 'Module' || Reflect.get(value, '__esModule') === true
  );
}
