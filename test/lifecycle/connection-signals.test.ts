import { describe, expect, it } from 'vitest';
import { usePipes } from '../helpers/pipes.js';
import { runFixtureOk, startFixture } from '../helpers/run-fixture.js';

const pipe = usePipes();

async function block(...args: string[]) {
  const [mine, theirs] = pipe();
  const fixture = startFixture('block-in-recv.mjs', {
    fds: [theirs.fileno()],
    args,
  });
  theirs.close();
  expect(await fixture.nextLine()).toBe('blocking');
  return { mine, fixture };
}

describe('recvSync()', () => {
  it.each(['SIGINT', 'SIGUSR2'] as const)(
    'gives way to %s when the program listens to it, and loses nothing',
    async (signal) => {
      const { mine, fixture } = await block(signal);
      fixture.child.kill(signal);
      expect(await fixture.nextLine()).toBe(`ERR_MP_INTERRUPTED ${signal}`);
      expect(await fixture.nextLine()).toBe(`listener of ${signal}`);
      await mine.send('after it');
      expect(await fixture.nextLine()).toBe('message after it');
      await mine.send('end');
      expect(await fixture.ended).toMatchObject({ code: 0 });
    },
  );

  it('leaves a signal without a listener its default action', async () => {
    const { fixture } = await block('SIGUSR2');
    fixture.child.kill('SIGINT');
    expect(await fixture.ended).toMatchObject({ signal: 'SIGINT' });
  });

  it('is not interrupted by the end of a child process', async () => {
    const [mine, theirs] = pipe();
    const fixture = startFixture('block-in-recv.mjs', {
      fds: [theirs.fileno()],
      args: ['SIGINT', 'child'],
    });
    const lines = [await fixture.nextLine(), await fixture.nextLine()];
    expect(lines.sort()).toEqual(['blocking', 'child ends']);
    await mine.send('end');
    expect(await fixture.nextLine()).toBe('message end');
    expect(await fixture.ended).toMatchObject({ code: 0 });
  });

  it.each(['sync', 'async'])(
    'a worker that waits (%s) can be terminated, and its connection is closed',
    async (style) => {
      const { stdout } = await runFixtureOk('terminate-blocked-worker.mjs', {
        args: [style],
      });
      expect(stdout).toBe('exit code 1\nERR_MP_EOF\n');
    },
  );
});

describe('sendBytesSync()', () => {
  it('gives way to a signal, and the rest of the message follows', async () => {
    const [mine, theirs] = pipe();
    const fixture = startFixture('block-in-send.mjs', {
      fds: [theirs.fileno()],
    });
    theirs.close();
    expect(await fixture.nextLine()).toBe('blocking');
    await mine.poll({ timeout: undefined });
    fixture.child.kill('SIGUSR2');
    expect(await fixture.nextLine()).toBe('ERR_MP_INTERRUPTED SIGUSR2');
    expect(await fixture.nextLine()).toBe('listener of SIGUSR2');
    const bytes = await mine.recvBytes();
    expect(bytes.equals(Buffer.alloc(4 << 20, 'x'))).toBe(true);
    fixture.child.stdin!.end();
    expect(await fixture.ended).toMatchObject({ code: 0 });
  });

  it('busy workers can be terminated at any moment', async () => {
    const { stdout } = await runFixtureOk('terminate-busy-workers.mjs');
    expect(stdout).toBe('all terminated\n');
  });
});
