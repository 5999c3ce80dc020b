/**
 * Finds what is an export of a module: the other process imports the same module and takes the same
 * name. Identity is checked here, so a wrong guess never travels.
 */
import path from 'node:path';
import { types } from 'node:util';
import { packageEntry } from '../../package-root.js';
import { pathOf } from './descriptions.js';
import { isImportedMain, isMainModule } from './main-module.js';
import { isImported, loadModule, requireCache, requireIsNodes } from './module-loading.js';
import { isLoadedScript } from './script-urls.js';

/** A module, and one of its exports; the whole of it where the name is null. */
export interface ExportReference {
  readonly file: string;
  readonly name: string | null;
}

/** What a payload may do about modules that only import() can load: those with top-level await. */
export interface ImportPolicy {
  /** The receiver imports such modules before it decodes. */
  readonly mayImport: boolean;
  /** Modules that have to be imported to see what they export. */
  readonly questions: Set<string>;
  /** Those that were; undefined when no others will be, whatever questions are left. */
  readonly asked: ReadonlySet<string> | undefined;
}

/** Whether it will be known later what the module exports, and this payload be encoded again. */
export function isOpen(file: string, { questions, asked }: ImportPolicy): boolean {
  return asked !== undefined && questions.has(file) && !asked.has(file);
}

const references = new WeakMap<object, ExportReference>();

/** An export that was found before, of a module that the receiver needs no preparation for. */
export function knownExport(value: object): ExportReference | undefined {
  const known = references.get(value);
  return known === undefined || isImported(known.file) ? undefined : known;
}

/**
 * @param file - The module whose code made the value.
 * @param isModule - It is an ES module that has been evaluated or is being evaluated here.
 */
export function exportOf(
  value: object,
  file: string,
  isModule: boolean,
  policy: ImportPolicy,
): ExportReference | undefined {
  if (isImported(file)) {
    if (!policy.mayImport) return undefined;
    policy.questions.add(file);
  }
  const known = references.get(value);
  if (known !== undefined) return known;
  if (isMainModule(file)) return exportOfMain(value, file);
  const found = isModule ? exportOfModule(value, file, policy) : exportOfCommonJs(value, file);
  if (found !== undefined) references.set(value, found);
  return found;
}

/** Of an ES module even to look would be to import it, and it may be waiting for us. */
function exportOfMain(value: object, file: string): ExportReference | undefined {
  return isImportedMain(file) ? exportOfCommonJs(value, file) : undefined;
}

function exportOfModule(
  value: object,
  file: string,
  { questions }: ImportPolicy,
): ExportReference | undefined {
  const namespace = namespaceOf(file, questions);
  if (namespace === undefined) return undefined;
  const name = nameIn(namespace, value);
  return name === undefined ? undefined : { file, name };
}

/** The namespace of an ES module that runs here; never by loading one anew. */
function namespaceOf(file: string, questions: Set<string>): object | undefined {
  if (isImported(file)) return loadModule(file) as object;
  if (!file.startsWith('file:')) return undefined;
  if (!file.includes('?') && requireIsNodes()) {
    try {
      return loadModule(file) as object;
    } catch {
      // In top-level await, or with it somewhere inside: import() may answer.
    }
  }
  questions.add(file);
  return undefined;
}

function exportOfCommonJs(value: object, file: string): ExportReference | undefined {
  if (isOwnCode(file)) return ownExportOfCommonJs(value);
  const exports: unknown = requireCache[pathOf(file)]?.exports;
  if (exports === value) return { file, name: null };
  if (!isHolder(exports)) return undefined;
  const name = nameIn(exports, value);
  return name === undefined ? undefined : { file, name };
}

/** Where a loader has compiled this package to CommonJS; chunks of it mean nothing elsewhere. */
function ownExportOfCommonJs(value: object): ExportReference | undefined {
  const exports: unknown = requireCache[pathOf(packageEntry)]?.exports;
  const name = isHolder(exports) ? nameIn(exports, value) : undefined;
  return name === undefined ? undefined : { file: packageEntry, name };
}

function isOwnCode(file: string): boolean {
  return pathOf(file).startsWith(path.dirname(pathOf(packageEntry)) + path.sep);
}

/** Searches all CommonJS modules, for values that do not tell where they come from. */
export function exportOfAnyCommonJs(value: object): ExportReference | undefined {
  const known = references.get(value);
  if (known !== undefined) return known;
  for (const file of Object.keys(requireCache)) {
    if (isMainModule(file)) continue;
    const found = exportOfCommonJs(value, file);
    if (found === undefined) continue;
    references.set(value, found);
    return found;
  }
  return undefined;
}

/** An export of a module that is loaded, or that loads now. */
export function exportIn(value: object, file: string): ExportReference | undefined {
  try {
    const exports = loadModule(file);
    const name = isHolder(exports) ? nameIn(exports, value) : undefined;
    return name === undefined ? undefined : { file, name };
  } catch {
    return undefined;
  }
}

function isHolder(value: unknown): value is object {
  return (
    typeof value === 'function' ||
    (typeof value === 'object' && value !== null && !types.isProxy(value))
  );
}

/** Only data properties and live bindings: no getter of the user runs. */
function nameIn(holder: object, value: object): string | undefined {
  const isNamespace = types.isModuleNamespaceObject(holder);
  for (const name of Object.getOwnPropertyNames(holder)) {
    if (isNamespace ? bindingOf(holder, name) === value : dataOf(holder, name) === value)
      return name;
  }
  return undefined;
}

function bindingOf(namespace: object, name: string): unknown {
  try {
    return Reflect.get(namespace, name);
  } catch {
    return undefined; // Not initialised yet.
  }
}

/** Getters of compiled modules (`get: () => f`) are what re-exports look like. */
function dataOf(holder: object, name: string): unknown {
  const property = Object.getOwnPropertyDescriptor(holder, name);
  if (property?.get === undefined) return property?.value;
  return Object.hasOwn(holder, '__esModule') ? bindingOf(holder, name) : undefined;
}

/** The module that a namespace or `module.exports` object is, if `file` is that module. */
export function wholeModule(value: object, file: string): ExportReference | undefined {
  if (isMainModule(file) || !isHolder(value)) return undefined;
  if (requireCache[pathOf(file)]?.exports === value) return { file, name: null };
  if (!isLoadedScript(file) || !requireIsNodes()) return undefined;
  try {
    const exports = loadModule(file) as object;
    return sameBindings(exports, value) ? { file, name: null } : undefined;
  } catch {
    return undefined;
  }
}

/** What require() returns for an ES module may be a second namespace of the same bindings. */
function sameBindings(one: object, other: object): boolean {
  if (one === other) return true;
  if (!types.isModuleNamespaceObject(other)) return false;
  return Object.keys(other).every((name) => bindingOf(one, name) === bindingOf(other, name));
}
