import { describe, expect, it, onTestFinished } from 'vitest';
import { isRunning, waitUntil } from '../helpers/processes.js';
import { startFixture } from '../helpers/run-fixture.js';
import { describeStartMethods } from '../helpers/start-methods.js';

interface Family {
  child: number;
  grandchild: number;
  /** These, the forkserver and its spares. */
  all: number[];
}

const allGone = (pids: number[]) => waitUntil(() => !pids.some(isRunning), `for ${pids} to end`);

describeStartMethods('when somebody dies:', (method) => {
  describe.each(['idle', 'busy'])('%s', (state) => {
    async function start() {
      const root = startFixture('family.mjs', { args: [method, state] });
      const family: Family = JSON.parse(await root.nextLine());
      onTestFinished(async () => {
        root.child.kill('SIGKILL');
        await root.ended;
        await allGone(family.all);
      });
      return { root, family };
    }

    it.each(['SIGKILL', 'SIGTERM', 'SIGINT'] as const)(
      'a root, of %s: its children and theirs end, and what served them',
      async (signal) => {
        const { root, family } = await start();
        expect(family.all).toEqual(expect.arrayContaining([family.child]));
        root.child.kill(signal);
        await allGone([...family.all, family.grandchild]);
        expect((await root.ended).signal).toBe(signal);
      },
    );

    it.each([
      ['SIGKILL', -9],
      ['SIGTERM', -15],
    ] as const)('a child, of %s: its children end, its parent is told', async (signal, code) => {
      const { root, family } = await start();
      process.kill(family.child, signal);
      await allGone([family.child, family.grandchild]);
      expect(JSON.parse(await root.nextLine())).toEqual({ exitCode: code, end: 'EOFError' });
      expect(isRunning(root.child.pid!)).toBe(true);
    });

    it('a grandchild: nobody else', async () => {
      const { root, family } = await start();
      process.kill(family.grandchild, 'SIGKILL');
      await allGone([family.grandchild]);
      expect([root.child.pid!, family.child].map(isRunning)).toEqual([true, true]);
    });
  });
});
