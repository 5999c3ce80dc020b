/**
 * Where compiled code comes from, for the record of what has run. V8 counts by place in the text that was
 * compiled, under the name of the original file, and so would tell of code that stands elsewhere in it.
 */
import { recordsCoverage } from '../../environment.js';
import type { Code } from './code-facts.js';

/** The function's code in the text that was compiled: all around it is ours. */
export interface CodePlace {
  readonly start: number;
  readonly code: Pick<Code, 'file' | 'line' | 'column' | 'text'>;
}

const places = new Map<string, CodePlace>();

const keyOf = (file: string, length: number) => `${length} ${file}`;

/**
 * Notes the place, if need be. V8 tells no more of a text than the file and the length: so each gets a
 * length of its own.
 * @returns The text to be compiled instead.
 */
export function notePlace(source: string, place: CodePlace): string {
  if (!recordsCoverage()) return source;
  let unique = source;
  while (places.has(keyOf(place.code.file, unique.length))) unique += '\n';
  places.set(keyOf(place.code.file, unique.length), place);
  return unique;
}

/** Undefined for a text that was not compiled here. */
export function placeOf(file: string, length: number): CodePlace | undefined {
  return places.get(keyOf(file, length));
}
