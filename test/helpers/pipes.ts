import { writeSync } from 'node:fs';
import { afterEach } from 'vitest';
import type { Connection } from '../../ts/transport/connection.js';
import { Pipe, type PipeOptions } from '../../ts/transport/pipe.js';

/** A `Pipe` whose ends are closed after each test of the file. */
export function usePipes(): (options?: PipeOptions) => [Connection, Connection] {
  const open: Connection[] = [];
  afterEach(() => {
    for (const connection of open.splice(0)) connection.close();
  });
  return (options) => {
    const ends = Pipe(options);
    open.push(...ends);
    return ends;
  };
}

/** Puts bytes on the wire as they are. */
export function writeRaw(connection: Connection, bytes: Uint8Array | number[]): void {
  writeSync(connection.fileno(), Uint8Array.from(bytes));
}

/** What a promise rejects with; fails when it resolves. */
export async function rejection(promise: Promise<unknown>): Promise<Error & { code?: string }> {
  return promise.then(
    (value) => {
      throw new Error(`Expected a rejection, got ${String(value)}`);
    },
    (error) => error,
  );
}

/** What a function throws; fails when it does not. */
export function thrownBy(run: () => unknown): Error & { code?: string } {
  try {
    run();
  } catch (error) {
    return error as Error;
  }
  throw new Error('Expected an exception');
}

/** Lets every event that is ready now be handled. */
export async function loopTurns(count = 3): Promise<void> {
  for (let i = 0; i < count; i++) await new Promise<void>((resolve) => setImmediate(resolve));
}
