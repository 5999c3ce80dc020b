/** Finds in this process what a reference of another one means. */
import { createRequire } from 'node:module';
import path from 'node:path';
import { pathToFileURL } from 'node:url';
import { PicklingError } from '../../errors.js';
import { followBuiltin } from './builtins.js';
import { rememberMeta } from './captured-values.js';
import { pathOf } from './descriptions.js';
import type { Reference } from './heads.js';
import { valueInMain } from './main-scope.js';
import { loadModule } from './module-loading.js';

export function resolveReference(reference: Reference): unknown {
  switch (reference.kind) {
    case 'builtin':
      return builtin(reference.path);
    case 'export':
      return exported(reference.file, reference.name);
    case 'main':
      return valueInMain(reference.name);
    case 'require':
      return createRequire(reference.file);
    case 'module':
      return moduleObject(reference.file);
    case 'meta':
      return metaOf(reference.file);
    case 'interop':
      return interop(resolveReference(reference.of));
    default:
      throw new PicklingError('The payload refers to something unknown');
  }
}

function builtin(steps: Extract<Reference, { kind: 'builtin' }>['path']): unknown {
  const value = followBuiltin(steps);
  if (value === undefined)
    throw new PicklingError(
      `This Node.js (${process.version}) has no builtin ${steps.map((step) => (typeof step === 'string' ? step : JSON.stringify(step))).join('.')}`,
    );
  return value;
}

function exported(file: string, name: string | null): unknown {
  const namespace = loadModule(file);
  if (name === null) return namespace;
  const value = Reflect.get(namespace as object, name);
  if (value === undefined) throw new PicklingError(`The module ${file} exports no '${name}' here`);
  return value;
}

function moduleObject(file: string): object {
  const exports = {};
  return {
    id: file,
    path: path.dirname(file),
    filename: file,
    exports,
    require: createRequire(file),
    loaded: true,
    children: [],
    paths: [],
  };
}

/** What stands for `import.meta` in rebuilt code: nothing of it is the main module here. */
function metaOf(file: string): object {
  const meta = file.startsWith('file:')
    ? {
        url: file,
        filename: pathOf(file),
        dirname: path.dirname(pathOf(file)),
        main: false,
        resolve: (specifier: string) => resolveFrom(file, specifier),
      }
    : { url: file, main: false };
  rememberMeta(meta, file);
  return meta;
}

function resolveFrom(file: string, specifier: string): string {
  if (/^\.{0,2}\//.test(specifier)) return new URL(specifier, file).href;
  if (/^(?:node|file|data):/.test(specifier)) return specifier;
  const found = createRequire(file).resolve(specifier);
  return path.isAbsolute(found) ? pathToFileURL(found).href : `node:${found}`;
}

function interop(exports: unknown): unknown {
  return Object.create(exports as object, {
    default: { value: exports, enumerable: true },
    __esModule: { value: true },
  });
}
