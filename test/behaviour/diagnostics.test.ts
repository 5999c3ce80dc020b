import { beforeAll, expect, it } from 'vitest';
import { runFixtureOk } from '../helpers/run-fixture.js';
import { describeStartMethods } from '../helpers/start-methods.js';

interface Findings {
  events: {
    channel: string;
    name: string;
    startMethod: string;
    isRight: boolean;
    exitCode?: number;
  }[];
  pid: number;
  daemonPid: number;
}

describeStartMethods('diagnostics_channel', (method) => {
  let found: Findings;
  beforeAll(async () => {
    const { stdout } = await runFixtureOk('process-events.mjs', { args: [method] });
    found = JSON.parse(stdout);
  });

  /** What was told of the processes of that name, without what is the same for all. */
  function select({ events }: Findings, chosen: RegExp) {
    return events
      .filter(({ name }) => chosen.test(name))
      .map(({ name, startMethod, isRight, ...event }) => {
        expect([startMethod, isRight]).toEqual([method, true]);
        return event;
      });
  }

  it('tells of the start and the end of a process, and of the process', () => {
    const running = { daemon: false, pid: found.pid };
    expect(select(found, /^three$/)).toEqual([
      { channel: 'tracing start', daemon: false },
      { channel: 'start', ...running },
      { channel: 'tracing asyncEnd', ...running },
      { channel: 'exit', ...running, exitCode: 3 },
    ]);
  });

  it('tells of the end of a daemonic process that this one terminates at its own', () => {
    const ended = select(found, /./).at(-1);
    expect(ended).toMatchObject({ channel: 'exit', daemon: true, pid: found.daemonPid });
    // By SIGKILL, if SIGTERM has not ended it within a second.
    expect([-15, -9]).toContain(ended!.exitCode);
  });

  it.skipIf(method === 'fork')('tells of a start that failed, and why', () => {
    const failed = { daemon: false, error: 'ERR_MP_PICKLING' };
    expect(select(found, /Process-2$/)).toEqual([
      { channel: 'tracing start', daemon: false },
      { channel: 'tracing error', ...failed },
      { channel: 'tracing asyncEnd', ...failed },
    ]);
  });
});
