/** Puts text at the end of one ES module while it is loaded, by what this version of Node has for it. */
import { readFileSync } from 'node:fs';
import nodeModule, { Module } from 'node:module';
import { fileURLToPath } from 'node:url';
import { requireIsNodes } from './module-loading.js';

/**
 * To be called right before the module is imported.
 * @returns Undoes it, as far as that can be.
 */
export function handOverAtEnd(url: string, text: string): () => void {
  const { registerHooks } = nodeModule as { registerHooks?: RegisterHooks };
  if (registerHooks !== undefined) return hookInThread(registerHooks, url, text);
  if (requireIsNodes() && canRequireModules() && /\.m?js$/.test(url)) compileAhead(url, text);
  else nodeModule.register(LOADER, { data: { url, text } });
  return () => {};
}

interface Loaded {
  readonly format?: string | null | undefined;
  readonly source?: string | ArrayBuffer | NodeJS.TypedArray | null | undefined;
}

/** Since Node 22.15. */
type RegisterHooks = (hooks: {
  load(url: string, context: unknown, next: (url: string, context: unknown) => Loaded): Loaded;
}) => { deregister(): void };

function hookInThread(registerHooks: RegisterHooks, main: string, text: string): () => void {
  const hooks = registerHooks({
    load(url, context, next) {
      const loaded = next(url, context);
      if (url !== main || !/^module/.test(loaded.format ?? '') || loaded.source == null)
        return loaded;
      const { source } = loaded;
      const whole = typeof source === 'string' ? source : new TextDecoder().decode(source);
      return { ...loaded, source: whole + text };
    },
  });
  return () => hooks.deregister();
}

function canRequireModules(): boolean {
  return Boolean((process.features as { require_module?: boolean }).require_module);
}

type Compile = (text: string, file: string, format: 'module') => void;

/**
 * Compiles the module as require() does, and runs it if it can be done at once. Either way import finds
 * it. Unlike a loader this needs no thread, which would not be there in a forked child.
 */
function compileAhead(url: string, text: string): void {
  const file = fileURLToPath(url);
  const module = new Module(file) as unknown as { _compile: Compile };
  try {
    module._compile(readFileSync(file, 'utf8') + text, file, 'module');
  } catch (error) {
    // It has top-level await, and was only compiled.
    if ((error as NodeJS.ErrnoException).code !== 'ERR_REQUIRE_ASYNC_MODULE') throw error;
  }
}

/** The same as hookInThread, for the thread of loaders that are there already, such as tsx. */
const LOADER = `data:text/javascript,${encodeURIComponent(`
let data;
export function initialize(given) {
  data = given;
}
export async function load(url, context, next) {
  const loaded = await next(url, context);
  if (url !== data.url || !/^module/.test(loaded.format) || loaded.source == null) return loaded;
  const { source } = loaded;
  const whole = typeof source === 'string' ? source : new TextDecoder().decode(source);
  return { ...loaded, source: whole + data.text };
}`)}`;
