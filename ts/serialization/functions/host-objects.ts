/** Objects that cannot be copied, but that the other process has, too: builtins and modules. */
import { types } from 'node:util';
import { PicklingError } from '../../errors.js';
import { builtinRoot } from './builtins.js';
import type { Reference } from './heads.js';
import { hasInspector, viewFunction } from './inspector-session.js';
import { wholeModule } from './module-exports.js';
import { resolveReference } from './references.js';
import { scriptUrl } from './script-urls.js';

export function reduceHost(object: object): Reference | undefined {
  if (types.isProxy(object)) return undefined;
  const path = builtinRoot(object);
  if (path !== undefined) return { kind: 'builtin', path };
  return types.isModuleNamespaceObject(object)
    ? namespaceReference(object as Record<string, unknown>)
    : undefined;
}

export function rebuildHost(head: unknown): object {
  const found = resolveReference(head as Reference);
  if (typeof found === 'object' && found !== null) return found;
  throw new PicklingError('The payload refers to an object, and none was found');
}

/** A namespace does not tell its module; the functions that it exports do. */
export function namespaceReference(namespace: Record<string, unknown>): Reference | undefined {
  const { default: main } = namespace;
  const path = typeof main === 'object' && main !== null ? builtinRoot(main) : undefined;
  if (path !== undefined) return { kind: 'interop', of: { kind: 'builtin', path } };
  if (!hasInspector()) return undefined;
  for (const file of filesOf(namespace)) {
    const found = wholeModule(namespace, file);
    if (found !== undefined) return { kind: 'export', ...found };
  }
  return undefined;
}

function filesOf(namespace: Record<string, unknown>): Set<string> {
  const files = new Set<string>();
  for (const name of Object.keys(namespace)) {
    const value = namespace[name];
    if (typeof value !== 'function') continue;
    const { location } = viewFunction(value);
    if (location !== undefined) files.add(scriptUrl(location.scriptId));
  }
  return files;
}
