import { describe, expect, it } from 'vitest';
import { runFixtureOk } from '../helpers/run-fixture.js';

interface Child {
  common: { env: Record<string, string> } & Record<string, unknown>;
  unique: unknown[];
  waitedMs: number;
  pid: number;
  exitCode: number;
}

async function findings(...args: string[]) {
  const { stdout, stderr } = await runFixtureOk('forkserver-spares.mjs', { args });
  return { stdout, stderr, lines: stdout.trimEnd().split('\n') };
}

describe('a spare child of the forkserver', () => {
  it.each(['kept by the server', 'asked for before the parent changed', 'adapted'])(
    'cannot be told from one that was made for the purpose (%s)',
    async (kind) => {
      const { stdout, stderr } = await findings('indistinguishable', kind);
      const found = JSON.parse(stdout);
      const spare: Child = found.spare;
      const fresh: Child[] = found.fresh;
      expect(found.spares).toContain(spare.pid);
      expect(fresh.length).toBeGreaterThan(0);

      expect(spare.common).toMatchObject({
        cwd: '/tmp',
        env: found.env,
        date: expect.stringContaining('GMT+0900'),
        umask: 0o027,
        title: 'the title of the parent: child',
        command: 'the title of th\n',
        input: '/dev/null',
        isMain: false,
        self: [false, true],
        children: 0,
        method: 'forkserver',
        preloaded: [expect.any(String)],
      });
      for (const child of fresh) expect(child.common).toEqual(spare.common);

      // Nothing of the server's or of other clients'. Its connection, stdout and stderr are sockets; the
      // handles stand for its parent, once for it and once for the kernel.
      const { descriptors, signals } = spare.common as Record<string, string[]>;
      expect(descriptors!.filter((kind) => kind === 'socket')).toHaveLength(3);
      expect(descriptors!.filter((kind) => kind.includes('pidfd'))).toHaveLength(2);
      const files = descriptors!.filter((kind) => kind.startsWith('/') && kind !== '/dev/null');
      // The memory that the tree has in common.
      expect(files).toEqual(['/memfd:node-multiprocessing (deleted)']);
      const [blocked, ignored] = signals!.map((mask) => BigInt(`0x${mask.split('\t')[1]}`));
      // As Node has it: SIGPIPE and SIGXFSZ. Signals from 32 on belong to the C library.
      expect([blocked, ignored! & 0x7fffffffn]).toEqual([0n, 0x1001000n]);

      const all = [spare, ...fresh];
      for (let i = 0; i < spare.unique.length; i++) {
        expect(new Set(all.map(({ unique }) => unique[i])).size).toBe(all.length);
      }
      // A timer counts from when it was set, not from when the spare was forked.
      for (const { waitedMs } of all) expect(waitedMs).toBeGreaterThan(98);
      for (const { exitCode } of all) expect(exitCode).toBe(0);
      expect(stderr).toBe('');
    },
  );

  it('is kept as demand has it, and let go when there is none', async () => {
    const { stdout } = await findings('demand');
    expect(JSON.parse(stdout)).toEqual({ counts: [1, 5, 0, 1], exitCode: 0 });
  });

  it('is not kept beyond the number that is allowed, and not at all with 0', async () => {
    const { stdout } = await findings('limits');
    expect(JSON.parse(stdout)).toEqual([0, 0, 0, 0, 0]);
  });
});

describe('a child of the forkserver', () => {
  it('gets an environment of any size', async () => {
    const { stdout } = await findings('largeEnvironment');
    expect(JSON.parse(stdout)).toEqual([15, 15, 15]);
  });

  it('runs its own exit listeners, and not those of its parent', async () => {
    const { lines } = await findings('exitListeners');
    expect(lines).toEqual(['the child exits with 3', '"see stdout"', 'the parent exits']);
  });
});
