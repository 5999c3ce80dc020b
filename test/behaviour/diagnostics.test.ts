import { expect, it } from 'vitest';
import { runFixtureOk } from '../helpers/run-fixture.js';
import { describeStartMethods } from '../helpers/start-methods.js';

interface Findings {
  events: { channel: string; name: string; startMethod: string; isRight: boolean }[];
  pid: number;
  daemonPid: number;
}

describeStartMethods('diagnostics_channel', (method) => {
  async function findings(): Promise<Findings> {
    const { stdout } = await runFixtureOk('process-events.mjs', { args: [method] });
    return JSON.parse(stdout);
  }

  /** What was told of the processes of that name, without what is the same for all. */
  function select({ events }: Findings, chosen: RegExp) {
    return events
      .filter(({ name }) => chosen.test(name))
      .map(({ name, startMethod, isRight, ...event }) => {
        expect([startMethod, isRight]).toEqual([method, true]);
        return event;
      });
  }

  it('tells of the start and the end of a process, and of the process', async () => {
    const found = await findings();
    const running = { daemon: false, pid: found.pid };
    expect(select(found, /^three$/)).toEqual([
      { channel: 'tracing start', daemon: false },
      { channel: 'start', ...running },
      { channel: 'tracing asyncEnd', ...running },
      { channel: 'exit', ...running, exitCode: 3 },
    ]);
  });

  it('tells of the end of a daemonic process that this one terminates at its own', async () => {
    const found = await findings();
    expect(select(found, /./).at(-1)).toEqual({
      channel: 'exit',
      daemon: true,
      pid: found.daemonPid,
      exitCode: -15,
    });
  });

  it.skipIf(method === 'fork')('tells of a start that failed, and why', async () => {
    const failed = { daemon: false, error: 'ERR_MP_PICKLING' };
    expect(select(await findings(), /Process-2$/)).toEqual([
      { channel: 'tracing start', daemon: false },
      { channel: 'tracing error', ...failed },
      { channel: 'tracing asyncEnd', ...failed },
    ]);
  });
});
