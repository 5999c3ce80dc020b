import { closeSync, openSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { waitUntil } from '../helpers/processes.js';
import { runFixture, startFixture } from '../helpers/run-fixture.js';
import { describeFds, survivingProcesses } from '../helpers/survivors.js';

describe('the leak check', () => {
  it('sees a process that a test has started, until it has ended', async () => {
    const fixture = startFixture('start-and-wait.mjs');
    await fixture.nextLine();
    expect(survivingProcesses()).toEqual([
      expect.stringMatching(`process ${fixture.child.pid} \\(running\\): .*start-and-wait.mjs`),
    ]);
    fixture.child.stdin!.end();
    await fixture.ended;
    expect(survivingProcesses()).toEqual([]);
  });

  it('sees a process whose parent, which a test has started, is gone', async () => {
    const fixture = startFixture('start-and-wait.mjs', { args: ['orphan'] });
    const pid = Number(await fixture.nextLine());
    fixture.child.stdin!.end();
    await fixture.ended;
    expect(survivingProcesses()).toEqual([expect.stringContaining(`process ${pid} (running)`)]);
    process.kill(pid, 'SIGKILL');
    await waitUntil(() => survivingProcesses().length === 0, 'the end of the orphan');
  });

  it('tells where a fixture stands that does not end', async () => {
    await expect(runFixture('spin-for-ever.mjs', { deadlockAfterMs: 500 })).rejects.toThrow(
      /spin-for-ever.mjs did not end\nprocess \d+ \(running\): .*\n +thread \d+ \(node\) . in .*: .*\n[\s\S]* descriptor 2: /,
    );
  });

  it('sees a descriptor', () => {
    const before = describeFds();
    const fd = openSync('/dev/null', 'r');
    expect(describeFds().filter((one) => !before.includes(one))).toEqual([
      `descriptor ${fd}: /dev/null`,
    ]);
    closeSync(fd);
    expect(describeFds()).toEqual(before);
  });
});
