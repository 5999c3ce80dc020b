import { readFileSync } from 'node:fs';
import { constants } from 'node:os';
import { describe, expect, it, onTestFinished } from 'vitest';
import { native } from '../../../ts/native/binding.js';
import { thrownBy } from '../../helpers/pipes.js';

const { SIGINT, SIGUSR2, SIGKILL } = constants.signals;

/** Whether a signal has a handler. */
function isCaught(signal: number): boolean {
  const status = readFileSync('/proc/self/status', 'utf8');
  const bits = BigInt(`0x${/^SigCgt:\s*(\w+)/m.exec(status)![1]}`);
  return ((bits >> BigInt(signal - 1)) & 1n) === 1n;
}

describe('setSignalIgnored', () => {
  it('ignores a signal, counting, and undoes it', () => {
    expect(isCaught(SIGUSR2)).toBe(false);
    native.setSignalIgnored(SIGUSR2, true);
    onTestFinished(() => native.setSignalIgnored(SIGUSR2, false));
    const before = native.ignoredSignals();
    // Its default action would end this process.
    process.kill(process.pid, SIGUSR2);
    expect(native.ignoredSignals()).toBe(before + 1);
    native.setSignalIgnored(SIGUSR2, false);
    expect(isCaught(SIGUSR2)).toBe(false);
  });

  it("gives Node's own handler back", async () => {
    native.setSignalIgnored(SIGINT, true);
    onTestFinished(() => native.setSignalIgnored(SIGINT, false));
    native.setSignalIgnored(SIGINT, false);
    const came = new Promise((resolve) => process.once('SIGINT', resolve));
    process.kill(process.pid, SIGINT);
    expect(await came).toBe('SIGINT');
  });

  it('leaves a listener alone that was added since', async () => {
    native.setSignalIgnored(SIGUSR2, true);
    const came = new Promise((resolve) => process.once('SIGUSR2', resolve));
    native.setSignalIgnored(SIGUSR2, false);
    process.kill(process.pid, SIGUSR2);
    expect(await came).toBe('SIGUSR2');
  });

  it('refuses what cannot be ignored', () => {
    expect(thrownBy(() => native.setSignalIgnored(SIGKILL, true))).toMatchObject({
      code: 'EINVAL',
      syscall: 'sigaction',
    });
  });
});
