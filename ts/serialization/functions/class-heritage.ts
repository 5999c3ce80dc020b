/**
 * `extends EXPRESSION` of a class must not be evaluated again in the other process: the parent
 * class travels as a value. A plain name stays and gets that value; anything longer is replaced by
 * a variable, padded so that no column moves.
 */
import { complaintAbout, unusedWord } from './source-probe.js';

export interface Heritage {
  readonly text: string;
  /** The variable that holds the parent class. */
  readonly variable: string;
}

const HEAD = /^class\b(?:\s+(?!extends\b)[\p{ID_Start}$_][\p{ID_Continue}$]*)?\s*\bextends\b\s*/u;
const NAME = /^[\p{ID_Start}$_][\p{ID_Continue}$]*$/u;

/** `undefined` for a class that extends nothing, or null. */
export function heritageOf(text: string): Heritage | undefined {
  const head = HEAD.exec(text)?.[0];
  if (head === undefined) return undefined;
  const bodyAt = bodyStart(text, head.length);
  const expression = text.slice(head.length, bodyAt).trimEnd();
  if (expression === 'null') return undefined;
  if (NAME.test(expression) && expression !== 'this') return { text, variable: expression };
  const variable = unusedWord(text, 2);
  // New lines inside the expression are kept, for the lines below it.
  const blank = text.slice(head.length, bodyAt).slice(variable.length).replace(/[^\n]/g, ' ');
  return { text: `${head}${variable}${blank}${text.slice(bodyAt)}`, variable };
}

/** The body begins at the first brace from which the rest compiles as one. */
function bodyStart(text: string, from: number): number {
  for (let at = text.indexOf('{', from); at !== -1; at = text.indexOf('{', at + 1)) {
    if (complaintAbout(`(class extends Object${text.slice(at)})`) === undefined) return at;
  }
  return text.indexOf('{', from);
}
