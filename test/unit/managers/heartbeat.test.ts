import { beforeEach, describe, expect, it, onTestFinished, vi } from 'vitest';
import { Heartbeat } from '../../../ts/managers/heartbeat.js';

const address = { host: 'far', port: 1 };

function listen(timeout: number | undefined, to: typeof address | string = address) {
  const told = { pings: 0, errors: [] as Error[] };
  const heartbeat = new Heartbeat(
    { address: to, timeout },
    {
      isConnected: () => true,
      ping: () => told.pings++,
      lost: (error) => told.errors.push(error),
    },
  );
  onTestFinished(() => heartbeat.stop());
  heartbeat.start();
  return { heartbeat, told };
}

beforeEach(() => {
  vi.useFakeTimers();
  onTestFinished(() => void vi.useRealTimers());
});

describe('a server that is called', () => {
  it('is asked for a sign of life, and counts as gone without one', () => {
    const { told } = listen(300);
    vi.advanceTimersByTime(399);
    expect(told).toEqual({ pings: 3, errors: [] });
    vi.advanceTimersByTime(1000);
    expect(told.pings).toBe(3);
    expect(told.errors.map(({ message }) => message)).toEqual([
      'The server of the manager has not answered for 300 ms',
    ]);
  });

  it('is there while it is heard of', () => {
    const { heartbeat, told } = listen(300);
    for (let i = 0; i < 20; i++) {
      vi.advanceTimersByTime(250);
      heartbeat.heard();
    }
    expect(told.errors).toEqual([]);
  });

  it('is waited for as long as it takes, also longer than a timer can', () => {
    for (const timeout of [1e12, Number.MAX_VALUE]) {
      const { told } = listen(timeout);
      vi.advanceTimersByTime(1_000_000);
      expect(told).toEqual({ pings: 0, errors: [] });
    }
  });

  it('is not asked on this machine, or without a timeout', () => {
    for (const { told } of [listen(undefined), listen(300, '/a/path')]) {
      vi.advanceTimersByTime(10_000);
      expect(told).toEqual({ pings: 0, errors: [] });
    }
  });
});
