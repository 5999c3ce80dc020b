/** How errors name a function: `function handler (/app/main.mjs:74:92)`. */
import { fileURLToPath } from 'node:url';

/** The path of a `file:` URL; anything else unchanged. */
export function pathOf(file: string): string {
  return file.startsWith('file:') ? fileURLToPath(file) : file;
}

export function describeFunction(
  fn: Function,
  text: string,
  file: string,
  location: { line: number; column: number } | undefined,
): string {
  const what = /^class\b(?!\s*\()/.test(text) ? 'class' : 'function';
  const place =
    location === undefined
      ? ''
      : ` (${pathOf(file) || '[eval]'}:${location.line + 1}:${location.column + 1})`;
  return `${what} ${nameOf(fn) || '(anonymous)'}${place}`;
}

/** The function's own name; a class may have put something else in its place. */
export function nameOf(fn: Function): string {
  const name = Object.getOwnPropertyDescriptor(fn, 'name')?.value;
  return typeof name === 'string' ? name : '';
}
