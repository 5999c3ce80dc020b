import { readFileSync } from 'node:fs';
import { constants } from 'node:os';
import { describe, expect, it, onTestFinished } from 'vitest';
import { native } from '../../../ts/native/binding.js';
import { thrownBy } from '../../helpers/pipes.js';

const { SIGINT, SIGUSR2, SIGKILL } = constants.signals;

/** Whether the kernel has a signal in a set of /proc/self/status: SigIgn, SigCgt. */
function isIn(set: 'SigIgn' | 'SigCgt', signal: number): boolean {
  const status = readFileSync('/proc/self/status', 'utf8');
  const bits = BigInt(`0x${new RegExp(`^${set}:\\s*(\\w+)`, 'm').exec(status)![1]}`);
  return ((bits >> BigInt(signal - 1)) & 1n) === 1n;
}

describe('setSignalIgnored', () => {
  it('ignores a signal, and undoes it', () => {
    native.setSignalIgnored(SIGUSR2, true);
    onTestFinished(() => native.setSignalIgnored(SIGUSR2, false));
    expect(isIn('SigIgn', SIGUSR2)).toBe(true);
    // Its default action would end this process.
    process.kill(process.pid, SIGUSR2);
    native.setSignalIgnored(SIGUSR2, false);
    expect(isIn('SigIgn', SIGUSR2)).toBe(false);
  });

  it("gives Node's own handler back", () => {
    expect(isIn('SigCgt', SIGINT)).toBe(true);
    native.setSignalIgnored(SIGINT, true);
    onTestFinished(() => native.setSignalIgnored(SIGINT, false));
    expect(isIn('SigCgt', SIGINT)).toBe(false);
    native.setSignalIgnored(SIGINT, false);
    expect(isIn('SigCgt', SIGINT)).toBe(true);
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
