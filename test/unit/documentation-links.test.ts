import { existsSync, readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { expect, it } from 'vitest';

const root = path.resolve(import.meta.dirname, '../..');

const documents = ['.', 'docs', 'examples'].flatMap((folder) =>
  readdirSync(path.join(root, folder))
    .filter((name) => name.endsWith('.md'))
    .map((name) => path.join(folder, name)),
);

const withoutCode = (file: string) =>
  readFileSync(path.join(root, file), 'utf8').replaceAll(/^```.*?^```$/gms, '');

/** The anchors of the headings, as GitHub makes them. */
function anchorsOf(file: string): string[] {
  return [...withoutCode(file).matchAll(/^#+ (.*)$/gm)].map(([, heading]) =>
    heading!
      .toLowerCase()
      .replaceAll(/[^\p{L}\p{N}\s_-]/gu, '')
      .replaceAll(' ', '-'),
  );
}

function isBroken(from: string, link: string): boolean {
  const [file, anchor] = link.split('#') as [string, string | undefined];
  const target = file === '' ? from : path.join(path.dirname(from), file);
  if (!existsSync(path.join(root, target))) return true;
  return anchor !== undefined && target.endsWith('.md') && !anchorsOf(target).includes(anchor);
}

it.each(documents)('every link of %s within the project leads somewhere', (document) => {
  const links = [...withoutCode(document).matchAll(/\]\(([^)\s]+)\)/g)].map(([, link]) => link!);
  const inside = links.filter((link) => !/^\w+:/.test(link));
  expect(inside.filter((link) => isBroken(document, link))).toEqual([]);
});
