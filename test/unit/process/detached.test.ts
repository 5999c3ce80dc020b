import { expect, it } from 'vitest';
import { Process } from '../../../ts/index.js';

it('a process is not daemonic and detached at once', () => {
  expect(() => new Process({ daemon: true, detached: true })).toThrow(
    expect.objectContaining({
      code: 'ERR_OUT_OF_RANGE',
      message: 'Expected `detached` to be false for a daemonic process, received true (boolean)',
    }),
  );
  const detached = new Process({ detached: true });
  expect(() => {
    detached.daemon = true;
  }).toThrow(/Expected `daemon` to be false for a detached process/);
  expect([detached.daemon, detached.detached]).toEqual([false, true]);
});

it('a process is not detached unless asked for', () => {
  expect(new Process().detached).toBe(false);
  expect(String(new Process({ detached: true, name: 'd' }))).toMatch(
    /^<Process name='d' .* detached>$/,
  );
  expect(() => new Process({ detached: 1 as never })).toThrow(/`detached` to be a boolean/);
});
