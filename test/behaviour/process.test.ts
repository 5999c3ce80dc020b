import { expect, it } from 'vitest';
import { runFixtureOk } from '../helpers/run-fixture.js';
import { describeStartMethods } from '../helpers/start-methods.js';

describeStartMethods('Process', (method) => {
  const className = {
    forkserver: 'ForkServerProcess',
    fork: 'ForkProcess',
    spawn: 'SpawnProcess',
  }[method];

  async function findings(name: string) {
    const { stdout, stderr } = await runFixtureOk('process-cases.mjs', { args: [method, name] });
    return { found: JSON.parse(stdout.trimEnd().split('\n').at(-1)!), stdout, stderr };
  }

  it('reports how each child ended', async () => {
    const { found } = await findings('exitCodes');
    expect(found).toEqual({
      return: 0,
      error: 1,
      null: 1,
      rejection: 1,
      later: 1,
      beforeExit: 1,
      exit: 0,
      exit8: 8,
      exit256: 0,
      exitMinus1: 255,
      exit1000: 232,
      exitCode: 5,
      reallyExit: 9,
      abort: -6,
      terminated: -15,
      killed: -9,
      segfault: -11,
      unsettled: 13,
      exitWhileUnsettled: 3,
    });
  });

  it('has no exit code before the start and while the child runs', async () => {
    const { found } = await findings('beforeAndWhileRunning');
    expect(found).toEqual({
      before: [null, null, false],
      running: [null, true, null],
      after: [0, 0, false],
    });
  });

  it('is no process any more when it was joined', async () => {
    expect((await findings('gone')).found).toEqual({ left: 0 });
  });

  it('is named after its class and its place in the tree', async () => {
    const { found } = await findings('names');
    expect(found).toEqual({
      names: [`${className}-1`, 'worker', 'Crawler-3'],
      nested: [`${className}-4`, 'SpawnProcess-4:1', 'MainProcess'],
    });
  });

  it('shows its name to ps, after that of the program', async () => {
    const { found } = await findings('titles');
    expect(found.plain[0]).toBe(`node: ${className}-1`);
    expect(found.plain[1].replace(/\0*$/, '')).toBe(found.plain[0]);
    expect(found.parent).not.toContain(className);
    expect(found.named[0]).toBe('crawler: worker');
    expect(found.long[0]).toMatch(/^w+$/);
    expect(found.nested[0]).toBe(`crawler: ${className}-4:1`);
  });

  it('refuses what its state does not allow', async () => {
    const { found } = await findings('misuse');
    for (const refusal of found.beforeStart) {
      expect(refusal).toMatch(/^InvalidStateError ERR_MP_INVALID_STATE: .* was not started$/);
    }
    expect(found.twice).toContain('Cannot start a process twice');
    expect(found.daemonLate).toContain('InvalidStateError');
    for (const refusal of found.closed) expect(refusal).toMatch(/^ClosedError ERR_MP_CLOSED/);
    expect(found.name).toBe(`${className}-1`);
    expect(found.text).toMatch(/^<\w+ name='\w+-1' pid=\d+ parent=\d+ closed>$/);
  });

  it('refuses arguments of a wrong type or range', async () => {
    const { found } = await findings('badArguments');
    expect(found.map((text: string) => text.split(':')[0])).toEqual([
      ...Array(5).fill('TypeError ERR_INVALID_ARG_TYPE'),
      'RangeError ERR_OUT_OF_RANGE',
      'RangeError ERR_OUT_OF_RANGE',
    ]);
  });

  it('cannot be closed while it runs, and shows how it was killed', async () => {
    const { found } = await findings('closeWhileRunning');
    expect(found.refused).toContain('still running');
    expect(found.exitCode).toBe(-9);
    expect(found.text).toContain('stopped exitcode=-SIGKILL');
  });

  it('can be joined by several, with timeouts and signals, and again', async () => {
    const { found } = await findings('joinFromSeveralPlaces');
    expect(found.timedOut).toBe(null);
    expect(found.aborted).toContain('AbortError');
    expect(found.all).toEqual([4, 4, 4]);
    expect(found.again).toBe(4);
  });

  it('is joined and closed by await using, whatever it does meanwhile', async () => {
    const { found } = await findings('disposal');
    expect(found).toEqual({ wasAlive: true, states: Array(5).fill('closed>'), children: 0 });
  });

  it('has a sentinel, and can be joined without the event loop', async () => {
    const { found } = await findings('sentinelIsReadableAtTheEnd');
    expect(found).toEqual({ exitCode: 2, type: 'anon_inode:[pidfd]' });
  });

  it('can be terminated, killed and interrupted, also after its end', async () => {
    const { found } = await findings('signals');
    expect(found).toEqual({ terminate: -15, kill: -9, interrupt: -2 });
  });

  it('runs the run() of a subclass, with the fields of the object', async () => {
    const { found } = await findings('subclass');
    expect(found).toEqual({ answer: [5, 'adder', true], exitCode: 0 });
  });

  it('knows itself and its parent in the child', async () => {
    const { found } = await findings('identityInTheChild');
    const { answer, expected } = found;
    expect(answer).toMatchObject({
      selfPid: answer.pid,
      parentPid: expected.ppid,
      // As with Python's forkserver: the system knows the server as the parent.
      ppid: method === 'forkserver' ? expect.any(Number) : expected.ppid,
      parentName: 'MainProcess',
      parentAlive: true,
      selfAlive: true,
      daemon: false,
      children: 0,
      method,
      stdin: '/dev/null',
      authkey: expected.authkey,
      isMain: false,
    });
    expect(answer.pid).not.toBe(expected.ppid);
    expect(answer.text).toMatch(/^<\w+ name='\w+-1' pid=\d+ parent=\d+ started>$/);
    expect(expected.root).toEqual(['MainProcess', true, true]);
  });

  it('lists the children that run', async () => {
    const { found } = await findings('activeChildren');
    expect(found.during).toEqual([`${className}-1`, `${className}-2`]);
    expect(found.after).toBe(0);
    expect(found.cpus).toBeGreaterThanOrEqual(1);
    expect(found.cpus).toBeLessThanOrEqual(found.max);
  });

  it('does not let daemonic processes have children, which would be daemonic too', async () => {
    const { found } = await findings('daemons');
    expect(found.inherited).toBe(true);
    expect(found.refusal).toContain('Daemonic processes are not allowed to have children');
  });

  it('tells on stderr what a target threw, cause included', async () => {
    const { stderr } = await findings('errorsOnStderr');
    expect(stderr).toMatch(
      new RegExp(`^Process ${className}-1:\nTypeError: broken\n    at .*failing`),
    );
    expect(stderr).toContain('[cause]: Error: deeper');
    expect(stderr).toContain(`Process ${className}-2:\nUncaught null\n`);
  });

  it('starts children of its own, four deep', async () => {
    const { found, stderr } = await findings('nestedChildren');
    expect(found).toBe('bottom');
    // A forked child's own threads do not count as busy.
    expect(stderr).toBe('');
  });

  it('is of no use to another process', async () => {
    if (method === 'fork') {
      const { found } = await findings('othersObject');
      expect(found.refusals).toEqual(Array(3).fill('ERR_MP_INVALID_STATE'));
      expect(found.text).toBe("<ForkProcess name='ForkProcess-1' parent=P unknown>");
    } else {
      await expect(findings('othersObject')).rejects.toThrow(
        /cannot pickle <\w+Process .*variable 'sibling'/s,
      );
    }
  });
});
