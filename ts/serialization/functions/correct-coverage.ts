/** Makes the record of what has run tell of functions by value as of the originals. */
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { type CodePlace, placeOf } from './code-places.js';
import { mergeScripts, type Range, type ScriptCoverage } from './merge-coverage.js';

/** Code of ours that surrounds the functions is left out; so are functions whose place is not found. */
export function correctCoverage(scripts: readonly ScriptCoverage[]): ScriptCoverage[] {
  return mergeScripts(
    scripts.flatMap((script) => {
      const place = findPlace(script);
      return place === undefined ? script : relocate(script, place);
    }),
  );
}

function findPlace({ url, functions }: ScriptCoverage): CodePlace | undefined {
  const [whole] = functions[0]?.ranges ?? [];
  if (whole === undefined || whole.startOffset > 0) return undefined;
  // CommonJS modules go by their paths.
  const file = url.startsWith('file:') ? fileURLToPath(url) : url;
  return placeOf(url, whole.endOffset) ?? placeOf(file, whole.endOffset);
}

function relocate(script: ScriptCoverage, { start, code }: CodePlace): ScriptCoverage | [] {
  const original = findOriginal(code);
  if (original === undefined) return [];
  const end = start + code.text.length;
  const functions = script.functions
    .filter(({ ranges: [all] }) => all!.startOffset >= start && all!.endOffset <= end)
    .map((fn) => ({
      ...fn,
      functionName: fn.functionName || (fn.ranges[0]!.startOffset === start ? original.name : ''),
      ranges: fn.ranges.map((range) => shift(range, original.offset - start)),
    }));
  return functions.length === 0 ? [] : { ...script, url: urlOf(code.file), functions };
}

function shift({ startOffset, endOffset, count }: Range, by: number): Range {
  return { startOffset: startOffset + by, endOffset: endOffset + by, count };
}

const urlOf = (file: string) => (path.isAbsolute(file) ? pathToFileURL(file).href : file);

interface Original {
  readonly offset: number;
  /** That V8 gives the function there, if it has none of its own. */
  readonly name: string;
}

/** Undefined where the file does not hold the code: a loader has made it of something else. */
function findOriginal({ file, line, column, text }: CodePlace['code']): Original | undefined {
  const source = readSource(file) ?? '';
  const offset = offsetOfLine(source, line) + column;
  if (text === '' || !isMadeOf(text, source.slice(offset, offset + text.length))) return undefined;
  const name = /([\p{ID_Start}$_][\p{ID_Continue}$]*)\s*[:=]\s*$/u.exec(
    source.slice(0, offset),
  )?.[1];
  return { offset, name: name ?? '' };
}

function readSource(file: string): string | undefined {
  try {
    return readFileSync(file.startsWith('file:') ? new URL(file) : file, 'utf8');
  } catch {
    return undefined;
  }
}

function offsetOfLine(source: string, line: number): number {
  const ends = /\r\n|[\n\r\u2028\u2029]/g;
  for (let i = 0; i < line; i++) if (ends.exec(source) === null) return Number.NaN;
  return ends.lastIndex;
}

/** Types become blanks, and what cannot travel a variable of the same length. */
function isMadeOf(text: string, original: string): boolean {
  if (text.length !== original.length) return false;
  const unchanged = original.replace(/import\s*\.\s*meta|extends[^{]*/g, (part) =>
    '\0'.repeat(part.length),
  );
  for (let i = 0; i < text.length; i++) {
    const may = text[i] === ' ' || unchanged[i] === '\0';
    if (!may && text[i] !== unchanged[i]) return false;
  }
  return true;
}
