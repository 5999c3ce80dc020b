import { describe, expect, it } from 'vitest';
import { type FixtureOptions, runFixtureOk } from '../helpers/run-fixture.js';

async function findings(name: string, options?: FixtureOptions) {
  const { stdout } = await runFixtureOk('fork-hazards.mjs', { ...options, args: [name] });
  return JSON.parse(stdout);
}

// Node 20 to 22 call the permission model experimental.
const [major] = process.versions.node.split('.').map(Number) as [number];
const permission = major < 24 ? '--experimental-permission' : '--permission';

describe('fork', () => {
  it('goes on beside a thread that computes, and warns of it', async () => {
    const found = await findings('busyThread');
    expect(found.exitCode).toBe(3);
    expect(found.code).toBe('MP_FORK_BUSY_THREADS');
    expect(found.message).toMatch(/while 1 of this process's threads/);
  });

  it('is refused without the inspector, by an error that names the flag', async () => {
    const execArgv = [permission, '--allow-fs-read=*', '--allow-addons', '--allow-worker'];
    const found = await findings('rejectedByPermissionModel', { execArgv });
    expect(found.code).toBe('ERR_MP_FORK_UNSUPPORTED');
    expect(found.message).toContain('--allow-inspector');
  });

  it("works without V8's helper threads", async () => {
    const found = await findings('withoutHelpers', {
      env: { MULTIPROCESSING_FORK_HELPERS: '0' },
    });
    expect(found.exitCodes).toEqual([8, 8, 8, 8, 8]);
    expect(found.first[0]).toBe(300_000);
  });

  it("finishes without V8's helper threads what they would have been given", async () => {
    const found = await findings('tasksWithoutHelpers', {
      env: { MULTIPROCESSING_FORK_HELPERS: '0' },
    });
    expect(found).toEqual({ workerThread: 20, webAssembly: 20 });
  });

  it("does not wait in the child for work of the parent's", async () => {
    expect(await findings('pendingWork')).toEqual({ exitCode: 12 });
  });
});
