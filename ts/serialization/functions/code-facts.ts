/** What can be told about a piece of code once and for all: found once per place in a file. */
import { readFileSync } from 'node:fs';
import { heritageOf } from './class-heritage.js';
import { describeFunction } from './descriptions.js';
import { newUid } from './function-uids.js';
import { replaceImportMeta } from './import-meta.js';
import type { FunctionView, Scope } from './inspector-session.js';
import { refuseLoneMember, refuseText } from './refusals.js';
import { scriptUrl } from './script-urls.js';
import {
  formOf,
  freeVariables,
  type SourceForm,
  usesOuterArguments,
  usesOuterThis,
  wordsOf,
} from './source-probe.js';

/** Code as it travels. Plain data. */
export interface Code {
  readonly id: string;
  /** The function's text, with `import.meta` and a longer `extends` expression replaced. */
  readonly text: string;
  readonly form: SourceForm;
  readonly strict: boolean;
  /** URL of an ES module, path of a CommonJS one, whatever V8 calls the rest. */
  readonly file: string;
  /** Of the text's first character, from zero. */
  readonly line: number;
  readonly column: number;
  /** Names that the text takes from around it. */
  readonly free: readonly string[];
  /** The arrow uses the `arguments` of the function around it. */
  readonly outerArguments: boolean;
}

export interface CodeFacts {
  readonly code: Code;
  /** As the function's own toString() gives it. */
  readonly original: string;
  readonly description: string;
  readonly isModule: boolean;
  readonly meta: string | undefined;
  readonly heritage: string | undefined;
  readonly outerThis: boolean;
  readonly words: ReadonlySet<string>;
  /** Takes no values from the scopes around it, so that these need not be looked at. */
  readonly needsNoScopes: boolean;
}

/** Code made by `eval` has no end of places. */
const MAX_PLACES = 5000;

const byPlace = new Map<string, CodeFacts>();
const byFunction = new WeakMap<Function, CodeFacts>();

/** Facts found before, for which V8 need not be asked where the function stands. */
export function knownFacts(fn: Function): CodeFacts | undefined {
  return byFunction.get(fn);
}

/** @throws PicklingError when the code cannot stand alone. */
export function factsOf(fn: Function, view: FunctionView): CodeFacts {
  const original = Function.prototype.toString.call(fn);
  const { scriptId, line, column } = view.location!;
  const place = `${scriptId}:${line}:${column}`;
  let facts = byPlace.get(place);
  if (facts === undefined || facts.original !== original) {
    facts = analyse(fn, original, view);
    byPlace.set(place, facts);
    if (byPlace.size > MAX_PLACES) byPlace.delete(byPlace.keys().next().value!);
  }
  byFunction.set(fn, facts);
  return facts;
}

function analyse(fn: Function, original: string, view: FunctionView): CodeFacts {
  const { scriptId } = view.location!;
  const file = scriptUrl(scriptId);
  const description = describeFunction(fn, original, file, view.location);
  const { text: metaFree, meta } = replaceImportMeta(original);
  const kind = formOf(metaFree);
  if (!('form' in kind)) throw refuseText(description, kind.complaint);
  const { form } = kind;
  if (form === 'member') refuseLoneMember(description, metaFree);
  const heritage = form === 'class' ? heritageOf(metaFree) : undefined;
  const text = heritage?.text ?? metaFree;
  const isModule = view.scopes.some((scope) => scope.description === 'Module');
  const strict = isModule || form === 'class' || isStrict(fn, original, file);
  const words = wordsOf(text);
  const evaluates = /\beval\s*\(/.test(text);
  const names = candidates(view.scopes, words, evaluates, [meta, heritage?.variable]);
  const outer = form !== 'member' && !/^(async\s+)?function\b/.test(text);
  const outerThis = outer && usesOuterThis(text, form);
  const outerArguments = outer && form !== 'class' && usesOuterArguments(text);
  const free = freeVariables(text, form, strict, names);
  return {
    code: {
      id: newUid(),
      text,
      form,
      strict,
      file,
      ...startOf(text, form, view.location!),
      free,
      outerArguments,
    },
    original,
    description,
    isModule,
    meta,
    heritage: heritage?.variable,
    outerThis,
    words,
    needsNoScopes:
      !outerArguments && free.every((name) => name === meta || name === heritage?.variable),
  };
}

/** Names that may be free: known around the function, and written in it. */
function candidates(
  scopes: readonly Scope[],
  words: ReadonlySet<string>,
  all: boolean,
  own: readonly (string | undefined)[],
): string[] {
  const names = new Set<string>();
  for (const scope of scopes) {
    const written = all ? Object.getOwnPropertyNames(scope.object) : words;
    for (const name of written) if (hasVariable(scope, name)) names.add(name);
  }
  for (const name of own) if (name !== undefined) names.add(name);
  return [...names];
}

const CONSTANTS = new Set(['NaN', 'Infinity', 'undefined']);

/** Globals of `node -e` and of the REPL only. */
const OF_EVAL = new Set(['require', 'module', 'exports', '__filename', '__dirname']);

/**
 * Whether a scope has a variable. Of the global object only what `var` and function declarations of
 * a script made (as in `node -e`): these cannot be deleted, which no builtin shares but three.
 */
export function hasVariable({ description, object }: Scope, name: string): boolean {
  if (description !== 'Global') return Object.hasOwn(object, name);
  if (CONSTANTS.has(name)) return false;
  const property = Object.getOwnPropertyDescriptor(object, name);
  return property !== undefined && (!property.configurable || OF_EVAL.has(name));
}

/**
 * The deprecated `caller` can be read of a sloppy plain function only. Arrows and members do not show
 * what they are; for them the beginning of the file tells, and code without a file counts as sloppy.
 */
function isStrict(fn: Function, text: string, file: string): boolean {
  if (/^function\b(?!\s*\*)/.test(text)) return !canRead(fn, 'caller');
  // V8 knows ES modules by URL and CommonJS modules by path, also where the code was rebuilt.
  return file.startsWith('file:') || startsStrict(file);
}

function canRead(fn: Function, key: string): boolean {
  try {
    Reflect.get(fn, key);
    return true;
  } catch {
    return false;
  }
}

const strictFiles = new Map<string, boolean>();

function startsStrict(file: string): boolean {
  let strict = strictFiles.get(file);
  if (strict === undefined) {
    try {
      const head = readFileSync(file, 'utf8').slice(0, 2000);
      strict = /^(?:#!.*\n)?(?:\s|\/\/.*\n|\/\*[\s\S]*?\*\/)*(['"])use strict\1/.test(head);
    } catch {
      strict = false;
    }
    strictFiles.set(file, strict);
  }
  return strict;
}

/** V8 places a function or member at its parameter list, and arrows and classes at their start. */
function startOf(
  text: string,
  form: SourceForm,
  { line, column }: { line: number; column: number },
): { line: number; column: number } {
  const atParameters = form === 'member' || /^(async\s+)?function\b/.test(text);
  const head = atParameters ? text.slice(0, text.indexOf('(')) : '';
  const rows = head.split('\n');
  return {
    line: line - rows.length + 1,
    column: rows.length > 1 ? 0 : column - head.length,
  };
}
