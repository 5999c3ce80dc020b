/**
 * After each file of tests about processes: none of them is left, running or zombie, and the
 * descriptors of the vitest worker are as before. vitest.config.ts makes it a setup file.
 */
import path from 'node:path';
import { afterAll, beforeAll, expect } from 'vitest';
import { waitUntil } from './processes.js';
import { describeFds, markDescendants, survivingProcesses } from './survivors.js';

const CHECKED = ['behaviour', 'lifecycle', 'leaks'];

const folder = path.relative(path.dirname(import.meta.dirname), expect.getState().testPath ?? '');

if (process.platform === 'linux' && CHECKED.includes(folder.split(path.sep)[0]!)) {
  let before: string[];

  beforeAll(() => {
    markDescendants();
    before = describeFds();
  });

  // Hooks after a file run in reverse order, so this is the last one.
  afterAll(async () => {
    const leaked = () => [
      ...survivingProcesses(),
      ...describeFds().filter((fd) => !before.includes(fd)),
    ];
    // What was told to end a moment ago may take its time.
    await waitUntil(() => leaked().length === 0, 'the end of what tests have started').catch(
      () => {},
    );
    expect(leaked(), 'left behind by this file').toEqual([]);
  });
}
