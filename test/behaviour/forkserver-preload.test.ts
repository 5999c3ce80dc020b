import { describe, expect, it } from 'vitest';
import { runFixtureOk } from '../helpers/run-fixture.js';

async function findings(name: string) {
  const { stdout, stderr } = await runFixtureOk('forkserver-preload.mjs', { args: [name] });
  return { found: JSON.parse(stdout), stderr };
}

describe('setForkserverPreload', () => {
  it('loads a module once, in the server, and its children have that instance', async () => {
    const { found, stderr } = await findings('once');
    const [first, second] = found;
    expect(first.before).toEqual([{ instance: first.instance, pid: first.server }]);
    expect(first.instances).toEqual([first.instance]);
    expect(second).toEqual(first);
    // Nothing that the module has set going in the server, either.
    expect(stderr).toBe('');
  });

  it('takes paths, URLs, packages and builtin modules', async () => {
    expect((await findings('names')).found).toBe(3);
  });

  it('warns of a module that cannot be imported, and imports the others', async () => {
    const { found } = await findings('warns');
    expect(found).toEqual({
      name: 'MultiprocessingWarning',
      code: 'MP_PRELOAD_FAILED',
      message: expect.stringMatching(/could not import \.\/not-there\.mjs: .*Cannot find module/),
      loaded: 1,
    });
  });

  it("says nothing of it with onError 'ignore'", async () => {
    const { found, stderr } = await findings('ignores');
    expect(found).toBe(1);
    expect(stderr).toBe('');
  });

  it("fails each start with onError 'fail', until the list is right", async () => {
    const { found } = await findings('fails');
    const failure = {
      code: 'ERR_MODULE_NOT_FOUND',
      message: expect.stringContaining('not-there.mjs'),
    };
    expect(found).toEqual({ failures: [failure, failure], after: 1 });
  });

  it('hands each failure to a function, whatever was thrown', async () => {
    const { found } = await findings('calls');
    expect(found).toEqual({
      seen: [
        ['ERR_MODULE_NOT_FOUND', './not-there.mjs'],
        ['Error: WeakMap { <items unknown> }', './throws-weakmap.mjs'],
        ['null', './throws-null.mjs'],
      ],
      loaded: 1,
    });
  });

  it('changed, replaces the server, while children of the old one live on', async () => {
    const { found } = await findings('changes');
    const { first, second, sameAgain, unchanged, exitCode } = found;
    expect(first.before).toEqual([]);
    expect(second.before).toMatchObject([{ pid: second.server }]);
    expect(second.server).not.toBe(first.server);
    expect(sameAgain).toEqual(second);
    // What changes back before a start was no change.
    expect(unchanged).toEqual(second);
    expect(exitCode).toBe(6);
  });

  it('refuses arguments of a wrong type or range', async () => {
    const { found } = await findings('misuse');
    expect(found.map((text: string) => text.split(':')[0])).toEqual([
      'ERR_INVALID_ARG_TYPE',
      'ERR_INVALID_ARG_TYPE',
      'ERR_OUT_OF_RANGE',
      'ERR_INVALID_ARG_TYPE',
      'ERR_OUT_OF_RANGE',
      'ERR_OUT_OF_RANGE',
      'ERR_INVALID_ARG_TYPE',
    ]);
  });
});
