import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { runFixtureOk } from '../helpers/run-fixture.js';

const tsx = path.resolve(import.meta.dirname, '../../node_modules/tsx/dist/cli.mjs');
const stripsTypes = Boolean((process.features as { typescript?: unknown }).typescript);

describe('a CommonJS main module in TypeScript', () => {
  const run = async (execArgv: readonly string[]) => {
    const { stdout } = await runFixtureOk('spawn-from-typescript.cts', { execArgv });
    expect(stdout).toBe('false 42 true 0\n');
  };

  it('spawns processes, by tsx', () => run([tsx]));

  it.skipIf(!stripsTypes)('spawns processes, by type stripping', () => run([]));
});
