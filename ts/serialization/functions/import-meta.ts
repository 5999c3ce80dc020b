/**
 * `import.meta` exists in modules only, and rebuilt code is none: the real uses of it (not those in
 * strings and comments) become a variable of the same length, so that no column moves.
 */
import { asExpression, complaintAbout, formOf, unusedWord } from './source-probe.js';

const USE = /\bimport\s*\.\s*meta\b/g;

export interface WithoutMeta {
  readonly text: string;
  /** The variable that stands for `import.meta`, when there is one. */
  readonly meta: string | undefined;
}

export function replaceImportMeta(text: string): WithoutMeta {
  const uses = [...text.matchAll(USE)];
  if (uses.length === 0) return { text, meta: undefined };
  const meta = unusedWord(text, Math.min(...uses.map(([use]) => use.length)));
  const without = (kept?: number) =>
    text.replace(USE, (use, at: number) => (at === kept ? use : meta.padEnd(use.length)));
  const kind = formOf(without());
  if (!('form' in kind)) return { text, meta: undefined };
  // A use is real when V8 objects to it alone.
  const real = uses.filter(({ index }) => complaintAbout(asExpression(without(index), kind.form)));
  if (real.length === 0) return { text, meta: undefined };
  const places = new Set(real.map(({ index }) => index));
  const replaced = text.replace(USE, (use, at: number) =>
    places.has(at) ? meta.padEnd(use.length) : use,
  );
  return { text: replaced, meta };
}
