import { expect, it } from 'vitest';
import { runFixtureOk } from '../helpers/run-fixture.js';
import { describeStartMethods } from '../helpers/start-methods.js';

/** Of each class; what a start leaves behind is there as often as there were starts. */
const FEW = 30;

describeStartMethods('after many starts', (method) => {
  it('processes that were joined, and connections that were closed, are no objects any more', async () => {
    const starts = String(method === 'spawn' ? FEW + 5 : 2 * FEW);
    const { stdout } = await runFixtureOk('count-objects.mjs', { args: [method, starts] });
    const found: Record<string, Record<string, number>> = JSON.parse(stdout);
    expect(Object.keys(found)).toEqual(method === 'forkserver' ? ['client', 'server'] : ['client']);
    const all = Object.values(found).flatMap((counts) => Object.entries(counts));
    expect(all.filter(([, count]) => count >= FEW)).toEqual([]);
    // The names are those that V8 knows.
    expect(found['client']!['Connection']).toBeGreaterThan(0);
  });
});
