import { describe, expectTypeOf, it } from 'vitest';
import {
  type Connection,
  type freezeSupport,
  getContext,
  Pipe,
  Process,
  type ProcessExitMessage,
  type ProcessStartMessage,
  type setExecutable,
  type TimeoutError,
} from '../../ts/index.js';

describe('types', () => {
  it('arguments are those of the target', () => {
    new Process({ target: (a: number, b: string) => [a, b], args: [1, 'x'] });
    // @ts-expect-error the second argument is a string
    new Process({ target: (a: number, b: string) => [a, b], args: [1, 2] });
    // @ts-expect-error one argument is missing
    new Process({ target: (a: number, b: string) => [a, b], args: [1] });
    new Process();
    new Process({ name: 'named', daemon: true });
  });

  it('join resolves to an exit code or null', () => {
    expectTypeOf(new Process().join).returns.resolves.toEqualTypeOf<number | null>();
    expectTypeOf(new Process().exitCode).toEqualTypeOf<number | null>();
    expectTypeOf(new Process().start).returns.resolves.toBeVoid();
  });

  it('the messages of diagnostics_channel hold the process', () => {
    expectTypeOf<ProcessStartMessage['process']>().toEqualTypeOf<Process>();
    expectTypeOf<ProcessStartMessage['pid']>().toEqualTypeOf<number | undefined>();
    expectTypeOf<ProcessExitMessage['pid']>().toEqualTypeOf<number>();
    expectTypeOf<ProcessExitMessage['exitCode']>().toEqualTypeOf<number>();
  });

  it('a context has the same names', () => {
    const context = getContext('spawn');
    expectTypeOf(context.Process).toEqualTypeOf<typeof Process>();
    expectTypeOf(context.Pipe).toEqualTypeOf<typeof Pipe>();
    expectTypeOf(context.setExecutable).toEqualTypeOf<typeof setExecutable>();
    expectTypeOf(context.freezeSupport).toEqualTypeOf<typeof freezeSupport>();
    expectTypeOf(context.TimeoutError).toEqualTypeOf<typeof TimeoutError>();
    // @ts-expect-error no such start method
    getContext('thread');
  });

  it('a pipe has two connections, whose messages are of the type that is asked for', () => {
    expectTypeOf(Pipe()).toEqualTypeOf<[Connection, Connection]>();
    const [end] = Pipe();
    expectTypeOf(end.recv()).resolves.toBeUnknown();
    expectTypeOf(end.recv<string>()).resolves.toBeString();
    end.close();
  });
});
