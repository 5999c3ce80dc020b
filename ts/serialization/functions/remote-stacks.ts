/**
 * Stacks of functions that were compiled from something else, and run elsewhere: the source maps are
 * known to the process that sent them only.
 */
import { findSourceMap } from 'node:module';
import { pathToFileURL } from 'node:url';
import { pathOf } from './descriptions.js';

const PLACE = /((?:file:\/\/|\/|[A-Za-z]:\\)[^\n()]*?):(\d+):(\d+)/g;

/** Puts the places in a stack from another process back to the lines of the user's sources. */
export function mapRemoteStack(stack: string): string {
  return stack.replace(PLACE, (place, file: string, line: string, column: string) => {
    const map = findSourceMap(file) ?? findSourceMap(pathOf(file));
    const found = map?.findEntry(Number(line) - 1, Number(column) - 1);
    if (found === undefined || !('originalSource' in found)) return place;
    const source = sourceIn(file, found.originalSource);
    return `${source}:${found.originalLine + 1}:${found.originalColumn + 1}`;
  });
}

/** Maps name sources by URL, by path, or relative to the compiled file. */
function sourceIn(file: string, source: string): string {
  const base = file.startsWith('file:') ? file : pathToFileURL(file).href;
  const url = new URL(source, base).href;
  return file.startsWith('file:') ? url : pathOf(url);
}
