import { describe, expect, it } from 'vitest';
import { SpinPolicy } from '../../../ts/transport/spin.js';

/** How many waits in a row do not spin. */
function pauseOf(policy: SpinPolicy): number {
  let count = 0;
  while (policy.next() === 0) count++;
  return count;
}

describe('trying before sleeping', () => {
  it('goes on while it succeeds', () => {
    const policy = new SpinPolicy();
    for (let i = 0; i < 10; i++) {
      expect(policy.next()).toBeGreaterThan(0);
      policy.report(true, 10);
    }
  });

  it('becomes rarer with every failure, and never stops', () => {
    const policy = new SpinPolicy();
    const pauses = [];
    for (let i = 0; i < 11; i++) {
      policy.report(false, 100);
      pauses.push(pauseOf(policy));
    }
    expect(pauses.slice(0, 4)).toEqual([1, 2, 4, 8]);
    expect(pauses.slice(-2)).toEqual([256, 256]);
  });

  it('resumes with the first success', () => {
    const policy = new SpinPolicy();
    for (let i = 0; i < 6; i++) policy.report(false, 100);
    pauseOf(policy);
    policy.report(true, 10);
    policy.report(false, 100);
    expect(pauseOf(policy)).toBe(1);
  });

  it('leaves the processor to others for long when they had it', () => {
    const policy = new SpinPolicy();
    policy.report(true, 5000);
    expect(pauseOf(policy)).toBeGreaterThan(1000);
  });
});
