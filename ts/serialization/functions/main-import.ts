/**
 * Imports the main module in a process that was not started with it. What it does not export is not
 * to be had from outside, so a line at the end of its text hands over an evaluator of its scope. No
 * line of it moves.
 */
import nodeModule, { createRequire, Module } from 'node:module';
import { fileURLToPath } from 'node:url';
import { type MainModule, setImportedMain } from './main-module.js';
import { mainScope, setMainScope } from './main-scope.js';
import { partsOfText } from './main-text.js';
import { shareOwnInstance } from './module-loading.js';

const RECEIVER = Symbol.for('node-multiprocessing.main');
const HAND_OVER = `\n;globalThis[Symbol.for(${JSON.stringify(RECEIVER.description)})]?.(mp$source=>eval(mp$source));`;

type Evaluate = (source: string) => unknown;

/** From now on functions of the main module travel by name here, too. Once per process. */
export async function importMain(main: MainModule): Promise<void> {
  setImportedMain(main);
  if (mainScope() !== undefined) return;
  let evaluate: Evaluate | undefined;
  const receive = (handed: Evaluate) => {
    evaluate = handed;
  };
  await shareOwnInstance();
  Object.defineProperty(globalThis, RECEIVER, { value: receive, configurable: true });
  const unhook = hook(main);
  try {
    const exports = main.isCommonJs
      ? createRequire(main.url)(fileURLToPath(main.url))
      : await import(main.url);
    setMainScope({ evaluate, exports });
  } finally {
    unhook();
    Reflect.deleteProperty(globalThis, RECEIVER);
  }
}

/** @returns Undoes it. */
function hook(main: MainModule): () => void {
  const undo = [hookCompile(fileURLToPath(main.url))];
  if (!main.isCommonJs) undo.push(hookLoad(main.url));
  return () => {
    for (const step of undo) step();
  };
}

type Compile = (this: Module, text: string, file: string, ...rest: unknown[]) => unknown;

/** For CommonJS, also where a loader has taken require() over. */
function hookCompile(path: string): () => void {
  const prototype = Module.prototype as unknown as { _compile: Compile };
  const { _compile: original } = prototype;
  prototype._compile = function (text, file, ...rest) {
    const isMain = file === path && !/^module/.test(String(rest[0]));
    return original.call(this, isMain ? withHandOver(text) : text, file, ...rest);
  };
  return () => {
    prototype._compile = original;
  };
}

function withHandOver(text: string): string {
  const [head, body, tail] = partsOfText(text);
  return `${head}${body}${HAND_OVER}${tail}`;
}

interface Loaded {
  readonly format?: string | null | undefined;
  readonly source?: string | ArrayBuffer | NodeJS.TypedArray | null | undefined;
}

/** Since Node 22.15. */
type RegisterHooks = (hooks: {
  load(url: string, context: unknown, next: (url: string, context: unknown) => Loaded): Loaded;
}) => { deregister(): void };

function hookLoad(main: string): () => void {
  const { registerHooks } = nodeModule as { registerHooks?: RegisterHooks };
  if (registerHooks === undefined) {
    nodeModule.register(LOADER, { data: { main, handOver: HAND_OVER } });
    return () => {};
  }
  const hooks = registerHooks({
    load(url, context, next) {
      const loaded = next(url, context);
      if (url !== main || !/^module/.test(loaded.format ?? '') || loaded.source == null)
        return loaded;
      return { ...loaded, source: textOf(loaded.source) + HAND_OVER };
    },
  });
  return () => hooks.deregister();
}

function textOf(source: string | ArrayBuffer | NodeJS.TypedArray): string {
  return typeof source === 'string' ? source : new TextDecoder().decode(source);
}

/** The same for a thread of loaders, which it stays in. */
const LOADER = `data:text/javascript,${encodeURIComponent(`
let main, handOver;
export function initialize(data) {
  ({ main, handOver } = data);
}
export async function load(url, context, next) {
  const loaded = await next(url, context);
  if (url !== main || !/^module/.test(loaded.format ?? '') || loaded.source == null) return loaded;
  const { source } = loaded;
  const text = typeof source === 'string' ? source : new TextDecoder().decode(source);
  return { ...loaded, source: text + handOver };
}`)}`;
