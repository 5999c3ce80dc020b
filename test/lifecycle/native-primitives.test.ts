// What the addon does for the process launchers, on real processes.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { constants, tmpdir } from 'node:os';
import path from 'node:path';
import { createInterface } from 'node:readline';
import { describe, expect, it, onTestFinished } from 'vitest';
import { native } from '../../ts/native/binding.js';
import { waitUntil } from '../helpers/processes.js';
import { runFixtureOk } from '../helpers/run-fixture.js';

/** A process of a shell, stopped. When it has gone on and ended, the shell says that it has reaped it. */
async function startGrandchild(program: string) {
  const script = `sh -c 'kill -STOP $$; ${program}' & echo $!; wait $!; echo reaped; read line`;
  const shell = spawn('sh', ['-c', script], { stdio: ['pipe', 'pipe', 'ignore'] });
  onTestFinished(async () => {
    shell.stdin.end();
    if (shell.exitCode === null) await once(shell, 'exit');
  });
  const lines = createInterface({ input: shell.stdout })[Symbol.asyncIterator]();
  const pid = Number((await lines.next()).value);
  const isStopped = () => /\) T /.test(readFileSync(`/proc/${pid}/stat`, 'utf8'));
  await waitUntil(isStopped, 'for the grandchild to stop');
  const handle = native.openProcessHandle(pid);
  native.adoptFd(handle);
  onTestFinished(() => native.closeFd(handle));
  const nextLine = async () => (await lines.next()).value;
  return { handle, nextLine };
}

describe('exitCodeOf', () => {
  it.each([
    ['exit 0', 0],
    ['exit 7', 7],
    ['kill -TERM $$', -constants.signals.SIGTERM],
  ])('tells how a process that is no child ended: %s', async (program, code) => {
    const { handle, nextLine } = await startGrandchild(program);
    const before = native.exitCodeOf(handle);
    native.sendSignal(handle, constants.signals.SIGCONT);
    expect(await nextLine()).toBe('reaped');
    const after = native.exitCodeOf(handle);
    // Undefined: Linux before 6.15.
    if (after === undefined) expect([null, undefined]).toContain(before);
    else expect([before, after]).toEqual([null, code]);
  });

  it('is null for a process that runs', () => {
    const handle = native.openProcessHandle(process.pid);
    native.adoptFd(handle);
    onTestFinished(() => native.closeFd(handle));
    expect([null, undefined]).toContain(native.exitCodeOf(handle));
  });
});

describe('redirectOutput', () => {
  async function redirect(...names: string[]) {
    const folder = mkdtempSync(path.join(tmpdir(), 'redirect-'));
    onTestFinished(() => rmSync(folder, { recursive: true }));
    const args = names.map((name) => (name === '-' ? name : path.join(folder, name)));
    const result = await runFixtureOk('redirect-output.mjs', { args });
    const read = (index: number) => names[index] !== '-' && readFileSync(args[index]!, 'utf8');
    return { result, out: read(0), err: read(1) };
  }

  it('sends what Node and its children write there', async () => {
    const { result, out, err } = await redirect('out', 'err');
    expect({ out, err }).toEqual({ out: 'out sh-out\n', err: 'err sh-err\n' });
    expect(result).toMatchObject({ stdout: '', stderr: '' });
  });

  it('drops what is written where there is nothing', async () => {
    const { result, out } = await redirect('out', '-');
    expect(out).toBe('out sh-out\n');
    expect(result).toMatchObject({ stdout: '', stderr: '' });
  });
});
