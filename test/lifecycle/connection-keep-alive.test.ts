import { describe, expect, it } from 'vitest';
import { usePipes } from '../helpers/pipes.js';
import { runFixtureOk, startFixture } from '../helpers/run-fixture.js';

const pipe = usePipes();

describe('a process', () => {
  it('ends although idle connections are open', async () => {
    const { stdout } = await runFixtureOk('hold-idle-connections.mjs');
    expect(stdout).toBe('used\n');
  });

  it('is kept running by a pending recv()', async () => {
    const [mine, theirs] = pipe();
    const fixture = startFixture('wait-for-message.mjs', {
      fds: [theirs.fileno()],
    });
    fixture.child.stdin!.end();
    expect(await fixture.nextLine()).toBe('waiting');
    await mine.send('kept running');
    expect(await fixture.nextLine()).toBe('kept running');
    expect((await fixture.ended).code).toBe(0);
  });

  it('whose wait ends in an end of file goes on', async () => {
    const [mine, theirs] = pipe();
    const fixture = startFixture('wait-for-message.mjs', {
      fds: [theirs.fileno()],
    });
    theirs.close();
    await fixture.nextLine();
    mine.close();
    const { code, stderr } = await fixture.ended;
    expect(code).toBe(1);
    expect(stderr).toContain('ERR_MP_EOF');
  });

  it('closes connections that nobody refers to any more', async () => {
    const { stdout } = await runFixtureOk('collect-connections.mjs', {
      execArgv: ['--expose-gc'],
    });
    expect(stdout).toBe('ERR_MP_EOF\n');
  });
});
