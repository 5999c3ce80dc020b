/**
 * V8 as the parser of a function's text: small scripts are compiled around the text, and what V8
 * says to them (whether they compile, why not, which variables a closure keeps) is exact for all
 * the syntax that this Node runs. Nothing of the text itself is ever run.
 */
import vm from 'node:vm';
import { viewFunction } from './inspector-session.js';

/** What a text is: a class, an expression (function or arrow), or a member of an object literal. */
export type SourceForm = 'class' | 'expression' | 'member';

/** Reserved in strict code or not allowed as a parameter there. */
const NO_PARAMETER =
  /^(?:arguments|eval|implements|interface|let|package|private|protected|public|static|yield|await)$/;

const IDENTIFIER = /[\p{ID_Start}$_][\p{ID_Continue}$\u200c\u200d]*/gu;

/** Every word of the text: its identifiers, and also words of comments and strings. */
export function wordsOf(text: string): Set<string> {
  return new Set(text.match(IDENTIFIER));
}

/** The text as an expression. */
export function asExpression(text: string, form: SourceForm): string {
  return form === 'member' ? `({${text}})` : `(${text})`;
}

/** What V8 has against a script; `undefined` when it compiles. */
export function complaintAbout(script: string): string | undefined {
  try {
    new vm.Script(script, { filename: 'mp:probe' });
    return undefined;
  } catch (error) {
    if (!(error instanceof Error) && typeof error !== 'object') throw error;
    return (error as Error).message;
  }
}

/** Forms to try, the likely one first: a debugger that pauses on errors pauses on each failure. */
function likelyForms(text: string): SourceForm[] {
  if (/^class\b(?!\s*\()/.test(text)) return ['class'];
  const expression = /^(?:async\b\s*)?(?:function\b|\(|[\p{ID_Start}$_][\p{ID_Continue}$]*\s*=>)/u;
  return expression.test(text) ? ['expression', 'member'] : ['member', 'expression'];
}

/** The form in which the text compiles, or V8's complaint about the likeliest one. */
export function formOf(text: string): { form: SourceForm } | { complaint: string } {
  let complaint: string | undefined;
  for (const form of likelyForms(text)) {
    const current = complaintAbout(asExpression(text, form));
    if (current === undefined) return { form };
    complaint ??= current;
  }
  return { complaint: complaint! };
}

/**
 * The candidates that occur free in the text: those for which V8 keeps a variable in the context of
 * a function around it.
 */
export function freeVariables(
  text: string,
  form: SourceForm,
  strict: boolean,
  candidates: readonly string[],
): string[] {
  const names = candidates.filter(
    (name) => !NO_PARAMETER.test(name) || (!strict && name === 'let'),
  );
  if (names.length === 0) return [];
  const script = `((${names})=>{${strict ? '"use strict";' : ''}return()=>${asExpression(text, form)}})`;
  const outer = new vm.Script(script, {
    filename: 'mp:probe',
  }).runInThisContext();
  const [closure] = viewFunction(outer()).scopes;
  if (closure === undefined || !closure.description.startsWith('Closure')) return [];
  const kept = new Set(Object.keys(closure.object));
  return names.filter((name) => kept.has(name));
}

/**
 * Whether the text uses the `this` around it, which only arrows and computed keys can: `new.target`
 * in the place of that `this` is an error, in the place of any other it is none.
 */
export function usesOuterThis(text: string, form: SourceForm): boolean {
  return outerThisPositions(text, form).length > 0;
}

export function outerThisPositions(text: string, form: SourceForm): number[] {
  const places = [...text.matchAll(/\bthis\b/g)].map(({ index }) => index);
  return places.filter((at) => {
    const changed = `${text.slice(0, at)}new.target${text.slice(at + 4)}`;
    return /new\.target/.test(complaintAbout(asExpression(changed, form)) ?? '');
  });
}

/** Whether an arrow uses the `arguments` of the function around it. */
export function usesOuterArguments(text: string): boolean {
  return (
    /\barguments\b/.test(text) && /'?arguments'?/.test(complaintAbout(`(class{x=(${text})})`) ?? '')
  );
}

/** Whether a member uses `super` of its own: as a plain function it does not compile then. */
export function usesSuper(text: string): boolean {
  if (!/\bsuper\b/.test(text)) return false;
  for (let at = text.indexOf('('); at !== -1; at = text.indexOf('(', at + 1)) {
    const complaint = complaintAbout(`(async function*${text.slice(at)})`);
    if (complaint === undefined) return false;
    if (complaint.includes("'super'")) return true;
  }
  return false;
}

/** A word that does not occur in the text, of the given length if it is possible. */
export function unusedWord(text: string, length: number): string {
  for (let n = 0; ; n++) {
    const word = `$${n.toString(36)}`.padEnd(length, '_');
    if (!text.includes(word)) return word;
  }
}
