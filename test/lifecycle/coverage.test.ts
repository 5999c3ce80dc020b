import { cpSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { runFixtureOk } from '../helpers/run-fixture.js';
import { describeStartMethods } from '../helpers/start-methods.js';

interface Range {
  startOffset: number;
  endOffset: number;
  count: number;
}

interface Coverage {
  result: { url: string; functions: { functionName: string; ranges: Range[] }[] }[];
}

const fixtures = path.resolve(import.meta.dirname, '../fixtures');
const source = readFileSync(path.join(fixtures, 'covered.mjs'), 'utf8');
let folder: string;

beforeEach(() => {
  folder = mkdtempSync(path.join(os.tmpdir(), 'mp-coverage-'));
});
afterEach(() => rmSync(folder, { recursive: true }));

/** What was recorded in a process, which is to have one file. */
function coverageOf(pid: number): Coverage {
  const files = readdirSync(folder).filter((name) => name.startsWith(`coverage-${pid}-`));
  expect(files).toHaveLength(1);
  return JSON.parse(readFileSync(path.join(folder, files[0]!), 'utf8'));
}

const rangesIn = ({ result }: Coverage, file: string) =>
  result
    .filter(({ url }) => url.endsWith(`/${file}`))
    .flatMap(({ functions }) => functions.flatMap(({ ranges }) => ranges));

/** How often the text that begins so was run; undefined when nothing is told of it. */
function countOf(coverage: Coverage, text: string): number | undefined {
  const at = source.indexOf(text);
  // A range inside of another tells more of it.
  const [innermost] = rangesIn(coverage, 'covered.mjs')
    .filter(({ startOffset, endOffset }) => startOffset <= at && at < endOffset)
    .sort((a, b) => a.endOffset - a.startOffset - (b.endOffset - b.startOffset));
  return innermost?.count;
}

describeStartMethods('code coverage', (method) => {
  async function record(way: string) {
    const { stdout } = await runFixtureOk('covered.mjs', {
      args: [method, way],
      env: { NODE_V8_COVERAGE: folder },
    });
    const { parent, child } = JSON.parse(stdout);
    return { parent: coverageOf(parent), child: coverageOf(child) };
  }

  it.each(['return', 'exit', 'throw', 'later'])(
    'of a child that ends by %s is its own',
    async (way) => {
      const { child, parent } = await record(way);
      const runs = way === 'later' ? 3 : 2;
      expect(countOf(child, "if (flag) return 'child'")).toBe(runs);
      expect(countOf(child, "return 'never reached'")).toBe(0);
      expect(countOf(child, 'inBoth();')).toBe(1);
      expect(countOf(child, "return [import.meta.url, 'both']")).toBe(1);
      expect(countOf(child, "if (flag) return 'parent'") ?? 0).toBe(0);
      expect(countOf(child, "return 'nowhere'") ?? 0).toBe(0);
      expect(rangesIn(child, 'covered-module.mjs').map(({ count }) => count)).toContain(1);
      // Nothing is told of places that the file does not have.
      for (const { endOffset } of rangesIn(child, 'covered.mjs'))
        expect(endOffset).toBeLessThanOrEqual(source.length);

      expect(countOf(parent, "if (flag) return 'parent'")).toBe(5);
      expect(countOf(parent, "return 'not even there'")).toBe(0);
      expect(countOf(parent, "return [import.meta.url, 'both']")).toBe(1);
      expect(countOf(parent, "if (flag) return 'child'")).toBe(0);
      expect(countOf(parent, "return 'nowhere'")).toBe(0);
    },
  );

  it('is part of what node --test reports', async () => {
    install('covered.mjs', 'covered-module.mjs');
    const { stdout } = await runFixtureOk(path.join(folder, 'covered.mjs'), {
      execArgv: ['--test', '--experimental-test-coverage', '--test-reporter=lcov'],
      env: { METHOD: method },
    });
    expect(countsOf(stdout, 'covered-module.mjs')).toContain(1);
    const counts = countsOf(stdout, 'covered.mjs');
    const countOfLine = (text: string) =>
      counts[source.slice(0, source.indexOf(text)).split('\n').length]!;
    expect(countOfLine("if (flag) return 'child'")).toBeGreaterThan(0);
    expect(countOfLine("if (flag) return 'parent'")).toBeGreaterThan(0);
    expect(countOfLine("return 'nowhere'")).toBe(0);
  });
});

/** As npm would: Node reports nothing of what is in node_modules, and Node 20 stumbles over it elsewhere. */
function install(...files: string[]): void {
  const root = path.resolve(import.meta.dirname, '../..');
  const modules = path.join(folder, 'node_modules');
  const copy = (from: string, to: string) =>
    cpSync(path.join(root, from), path.join(modules, to), { recursive: true });
  for (const part of ['package.json', 'dist', 'build/Release/multiprocessing.node'])
    copy(part, path.join('node-multiprocessing', part));
  copy('node_modules/node-gyp-build', 'node-gyp-build');
  for (const file of files) cpSync(path.join(fixtures, file), path.join(folder, file));
}

/** From a report in lcov's format: how often each line of a file was run. */
function countsOf(report: string, file: string): number[] {
  const of = report.split('end_of_record').find((part) => part.includes(`${file}\n`))!;
  const counts: number[] = [];
  for (const [, line, count] of of.matchAll(/^DA:(\d+),(\d+)/gm))
    counts[Number(line)] = Number(count);
  return counts;
}
