/**
 * Turns code into functions. What it takes from around it are the parameters of a factory, so that
 * rebuilt code runs as fast as the original; shared variables live in an environment instead. The
 * text keeps its place: stack traces show the original file, line and column.
 */
import vm from 'node:vm';
import type { Code } from './code-facts.js';
import { type CodePlace, notePlace } from './code-places.js';
import { quietly } from './module-loading.js';

/** Values of the parameters, and `this` for an arrow. */
type Factory = (self: unknown, values: readonly unknown[]) => Function;

/** A function whose parameters are set when their values are there. */
type OpenFactory = (
  self: unknown,
  values: readonly unknown[],
) => { value: Function; set(values: readonly unknown[]): void };

/** Name of the parameter for the `arguments` of the function around an arrow. */
export const ARGUMENTS = 'mp$arguments';

const factories = new WeakMap<Code, Map<string, Function>>();

export function factoryFor(code: Code, names: readonly string[]): Factory {
  const make = compiled(code, names, 'closed');
  return (self, values) => memberOf(code, Reflect.apply(make, self, values));
}

export function openFactoryFor(code: Code, names: readonly string[]): OpenFactory {
  const make = compiled(code, names, 'open');
  return (self, values) => {
    const [value, set] = Reflect.apply(make, self, values);
    return { value: memberOf(code, value), set };
  };
}

/** The same inside an environment; each function is compiled anew, the environment being its own. */
export function evaluateIn(
  environment: { evaluate(source: string): unknown },
  code: Code,
  names: readonly string[],
  self: unknown,
  values: readonly unknown[],
): { value: Function; set(values: readonly unknown[]): void } {
  const head = `${directive(code)}(function(${names}){return[`;
  const prefix = `${head}${placed(code, head)}${beforeText(code)}`;
  const source = `${prefix}${code.text}${afterText(code)},${setter(names)}]})`;
  const named = `${source}\n//# sourceURL=${code.file}`;
  const make = environment.evaluate(notePlace(named, { start: prefix.length, code }));
  const [value, set] = Reflect.apply(make as Function, self, values);
  return { value: memberOf(code, value), set };
}

function compiled(code: Code, names: readonly string[], kind: 'open' | 'closed'): Function {
  const ofCode = factories.get(code) ?? new Map<string, Function>();
  factories.set(code, ofCode);
  const key = `${kind} ${names}`;
  let factory = ofCode.get(key);
  if (factory === undefined) {
    factory = compile(code, names, kind);
    ofCode.set(key, factory);
  }
  return factory;
}

function compile(code: Code, names: readonly string[], kind: 'open' | 'closed'): Function {
  const prefix = `${directive(code)}return${kind === 'open' ? '[' : ' '}${beforeText(code)}`;
  const suffix = kind === 'open' ? `,${setter(names)}]` : '';
  return compileAt(`${prefix}${code.text}${afterText(code)}${suffix}`, names, code, prefix.length);
}

/** Compiles a function body whose text begins after `prefixLength` characters. */
export function compileAt(
  source: string,
  names: readonly string[],
  code: CodePlace['code'],
  prefixLength: number,
): Function {
  const { file, line, column } = code;
  if (/\bimport\b/.test(source)) acceptImport();
  return vm.compileFunction(notePlace(source, { start: prefixLength, code }), [...names], {
    filename: file,
    lineOffset: line,
    columnOffset: column - prefixLength,
    importModuleDynamically,
  });
}

/** Makes import() work in compiled code, relative to the original file. */
const importModuleDynamically = vm.constants.USE_MAIN_CONTEXT_DEFAULT_LOADER;

let acceptedImport = false;

/** Node calls that constant experimental, once, at the first import(): so that comes from here. */
function acceptImport(): void {
  if (acceptedImport) return;
  acceptedImport = true;
  const options = { importModuleDynamically };
  const tryImport = vm.compileFunction("import('node:vm')", [], options);
  quietly(() => tryImport());
}

function directive({ strict }: Code): string {
  return strict ? '"use strict";' : '';
}

function beforeText({ form, outerArguments }: Code): string {
  if (form === 'member') return '({';
  return outerArguments ? '(function(){return(' : '(';
}

function afterText({ form, outerArguments }: Code): string {
  if (form === 'member') return '})';
  return outerArguments ? `)}).apply(this,${ARGUMENTS})` : ')';
}

function setter(names: readonly string[]): string {
  return `mp$values=>{${names.map((name, index) => `${name}=mp$values[${index}]`).join(';')}}`;
}

/** Line breaks and blanks that put what follows `head` at the place of the code. */
function placed({ form, line, column }: Code, head: string): string {
  const before = form === 'member' ? 2 : 1;
  if (line > 0) return '\n'.repeat(line) + ' '.repeat(Math.max(0, column - before));
  return ' '.repeat(Math.max(0, column - head.length - before));
}

/** A member stands in an object literal, under whatever key its text gives it. */
function memberOf(code: Code, made: unknown): Function {
  if (code.form !== 'member') return made as Function;
  const [key] = Reflect.ownKeys(made as object);
  const { value, get, set } = Object.getOwnPropertyDescriptor(made, key!)!;
  return value ?? get ?? set;
}
