import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, it } from 'vitest';

const root = path.resolve(import.meta.dirname, '../..');

// Imports go from a higher number to the same folder or a lower number, never up or across.
const layers: Record<string, number> = {
  'environment.ts': 0,
  'errors.ts': 0,
  'package-root.ts': 0,
  'validate.ts': 0,
  'time.ts': 0,
  native: 1,
  lifecycle: 2,
  logging: 2,
  serialization: 2,
  primitives: 3,
  transport: 3,
  arena: 4,
  connection: 4,
  synchronize: 5,
  rings: 5,
  process: 6,
  sharedctypes: 6,
  threads: 6,
  queues: 7,
  pool: 8,
  managers: 9,
  'contexts.ts': 10,
  dummy: 11,
  'index.ts': 12,
};

function filesUnder(folder: string, ...endings: string[]): string[] {
  return readdirSync(path.join(root, folder), {
    recursive: true,
    encoding: 'utf8',
  })
    .filter((file) => endings.some((ending) => file.endsWith(ending)))
    .map((file) => path.join(folder, file));
}

function importsOf(file: string): string[] {
  const text = readFileSync(path.join(root, file), 'utf8');
  const found = text.matchAll(
    /^\s*(?:import|export)\b[^'"`;]*?from\s*'(\.[^']+)'|^import\s+'(\.[^']+)'/gm,
  );
  return [...found].map((match) => {
    const target = path.join(path.dirname(file), (match[1] ?? match[2])!);
    return path.normalize(target.replace(/\.js$/, '.ts'));
  });
}

const roomOf = (file: string) => path.relative('ts', file).split(path.sep)[0]!;
const sources = filesUnder('ts', '.ts');

describe('layers', () => {
  it('every file of ts/ stands in a room that has a layer', () => {
    expect(sources.filter((file) => layers[roomOf(file)] === undefined)).toEqual([]);
  });

  it('CONTRIBUTING.md has all rooms, each above those that it may import', () => {
    const picture = readFileSync(path.join(root, 'CONTRIBUTING.md'), 'utf8').split('\n----')[0]!;
    const shown = [...picture.matchAll(/(?<=^| )ts\/([\w.-]+)/gm)].map(([, room]) => room!);
    expect([...shown].sort()).toEqual(Object.keys(layers).sort());
    const ranks = shown.map((room) => layers[room]!);
    expect(ranks).toEqual([...ranks].sort((a, b) => b - a));
  });

  it('imports in ts/ go down only', () => {
    const upward = sources.flatMap((file) =>
      importsOf(file)
        .filter((target) => roomOf(target) !== roomOf(file))
        .filter((target) => !(layers[roomOf(target)]! < layers[roomOf(file)]!))
        .map((target) => `${file} imports ${target}`),
    );
    expect(upward).toEqual([]);
  });

  it('no import cycle inside ts/', () => {
    const cycles: string[] = [];
    const done = new Set<string>();
    const visit = (file: string, trail: string[]) => {
      if (trail.includes(file)) cycles.push([...trail, file].join(' -> '));
      if (trail.includes(file) || done.has(file)) return;
      for (const target of importsOf(file)) visit(target, [...trail, file]);
      done.add(file);
    };
    for (const file of sources) visit(file, []);
    expect(cycles).toEqual([]);
  });

  it('only binding.ts imports the loader, and nothing imports the entry point of a process', () => {
    const wrong = sources.flatMap((file) =>
      importsOf(file)
        .filter(
          (target) =>
            (target.endsWith('native/load.ts') && !file.endsWith('native/binding.ts')) ||
            target.endsWith('-main.ts'),
        )
        .map((target) => `${file} imports ${target}`),
    );
    expect(wrong).toEqual([]);
  });

  it('native/os knows neither Node-API nor libuv nor the layers above it', () => {
    const wrong = filesUnder('native/os', '.h', '.cc').filter((file) =>
      /#include\s*[<"](napi|node_api|js_native_api|uv|v8|node|bind\/|addon)/.test(
        readFileSync(path.join(root, file), 'utf8'),
      ),
    );
    expect(wrong).toEqual([]);
  });

  it('every C++ source is in the one list of sources', () => {
    const listed = readFileSync(path.join(root, 'native/sources.txt'), 'utf8');
    const missing = [...filesUnder('native/os', '.cc'), ...filesUnder('native/bind', '.cc')].filter(
      (file) => !listed.includes(file.replaceAll(path.sep, '/')),
    );
    expect(missing).toEqual([]);
  });
});
