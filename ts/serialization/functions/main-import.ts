/**
 * Imports the main module in a process that was not started with it. What it does not export is not
 * to be had from outside, so a line at the end of its text hands over an evaluator of its scope. No
 * line of it moves.
 */
import { createRequire, Module } from 'node:module';
import { fileURLToPath } from 'node:url';
import { handOverAtEnd } from './main-hooks.js';
import { type MainModule, setImportedMain } from './main-module.js';
import { mainScope, setMainScope } from './main-scope.js';
import { partsOfText } from './main-text.js';
import { shareOwnInstance } from './module-loading.js';

const RECEIVER = 'node-multiprocessing.main';
const HAND_OVER = `\n;globalThis[Symbol.for('${RECEIVER}')]?.(mp$source=>eval(mp$source));`;

type Evaluate = (source: string) => unknown;
type Exports = Record<string, unknown>;

/** From now on functions of the main module travel by name here, too. Once per process. */
export async function importMain(main: MainModule): Promise<void> {
  setImportedMain(main);
  if (mainScope() !== undefined) return;
  await shareOwnInstance();
  let evaluate: Evaluate | undefined;
  const receive = (handed: Evaluate) => {
    evaluate = handed;
  };
  const receiver = Symbol.for(RECEIVER);
  Object.defineProperty(globalThis, receiver, { value: receive, configurable: true });
  try {
    const exports = await load(main);
    setMainScope({ evaluate, exports });
  } finally {
    Reflect.deleteProperty(globalThis, receiver);
  }
}

async function load({ url, isCommonJs }: MainModule): Promise<Exports> {
  const path = fileURLToPath(url);
  const undo = [hookCompile(path)];
  try {
    if (isCommonJs) return createRequire(url)(path);
    undo.push(handOverAtEnd(url, HAND_OVER));
    return await import(url);
  } finally {
    for (const step of undo) step();
  }
}

type Compile = (this: Module, text: string, file: string, ...rest: unknown[]) => unknown;

/** For CommonJS, also where a loader has taken require() over. @returns Undoes it. */
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
