import { readdirSync, statSync } from 'node:fs';
import path from 'node:path';
import { InputError, unreadable } from './input-error.mjs';

const TEXT = ['.md', '.markdown', '.mdx', '.txt', '.text', '.rst', '.adoc', '.org', '.tex'];
const MARKDOWN = ['.md', '.markdown'];

/**
 * The text files below a folder, largest first: then what is handed out last is small, and the
 * processes finish together. Links are not followed.
 * @returns {{ path: string, size: number }[]}
 */
export function findFiles(folder, { onlyMarkdown = false } = {}) {
  const extensions = onlyMarkdown ? MARKDOWN : TEXT;
  let entries;
  try {
    entries = readdirSync(folder, { recursive: true, withFileTypes: true });
  } catch (cause) {
    throw unreadable(folder, cause);
  }
  const files = entries
    .filter((entry) => entry.isFile())
    .map((entry) => path.join(entry.parentPath, entry.name))
    .filter((file) => extensions.includes(path.extname(file).toLowerCase()))
    .map((file) => ({ path: file, size: statSync(file).size }))
    .sort((a, b) => b.size - a.size || (a.path < b.path ? -1 : 1));
  if (files.length === 0)
    throw new InputError(`No text files (${extensions.join(' ')}) in ${folder}`);
  return files;
}
