import { subscribe, unsubscribe } from 'node:diagnostics_channel';
import { afterEach, beforeEach, describe, expect, it, onTestFinished, vi } from 'vitest';
import {
  debug,
  info,
  isLogged,
  type LogRecord,
  subDebug,
  subWarning,
} from '../../../ts/logging/emit.js';
import { type LogLevel, levels } from '../../../ts/logging/levels.js';
import { adoptLogging, describeLogging, obtainLogger } from '../../../ts/logging/logger.js';
import { native } from '../../../ts/native/binding.js';
import { thrownBy } from '../../helpers/pipes.js';

/** What was written to stderr. */
let lines: string[];

beforeEach(() => {
  lines = [];
  const write = vi.spyOn(native, 'writeAll').mockImplementation((fd, bytes) => {
    expect(fd).toBe(2);
    lines.push(Buffer.from(bytes).toString());
  });
  onTestFinished(() => write.mockRestore());
});

afterEach(() => {
  const logger = obtainLogger();
  logger.setLevel('NOTSET');
  for (const handler of logger.handlers) logger.removeHandler(handler);
});

function collect(level: LogLevel): LogRecord[] {
  const records: LogRecord[] = [];
  const logger = obtainLogger();
  logger.setLevel(level);
  logger.addHandler((record) => records.push(record));
  return records;
}

const texts = (records: readonly LogRecord[]) =>
  records.map(({ levelName, message }) => `${levelName} ${message}`);

it('nothing is logged before anybody has asked for the logger', () => {
  expect(describeLogging()).toBeUndefined();
  expect(isLogged(levels.CRITICAL)).toBe(false);
  info('unheard');
  adoptLogging(undefined);
  expect(isLogged(levels.CRITICAL)).toBe(false);
});

describe('the logger', () => {
  it('is one for all', () => {
    expect(obtainLogger()).toBe(obtainLogger());
    expect(obtainLogger().name).toBe('multiprocessing');
  });

  it('without a level has that of Python: WARNING', () => {
    const logger = obtainLogger();
    expect([logger.level, logger.getEffectiveLevel()]).toEqual([0, 30]);
    logger.setLevel('DEBUG');
    expect([logger.level, logger.getEffectiveLevel()]).toEqual([10, 10]);
  });

  it('without a handler writes warnings as they are, and nothing else', () => {
    const logger = obtainLogger();
    logger.setLevel('DEBUG');
    info('unheard');
    logger.warning('heard %d', 1);
    expect(lines).toEqual(['heard 1\n']);
  });

  it('hands over what is not below its level, with all of its methods', () => {
    const records = collect('SUBDEBUG');
    const logger = obtainLogger();
    logger.log(4, 'unheard');
    logger.log(7, 'between');
    logger.subDebug('a');
    logger.debug('b');
    logger.info('c');
    logger.subWarning('d');
    logger.warning('e');
    logger.error('f');
    logger.critical('g');
    logger.log('INFO', 'h');
    expect(texts(records)).toEqual([
      'Level 7 between',
      'SUBDEBUG a',
      'DEBUG b',
      'INFO c',
      'SUBWARNING d',
      'WARNING e',
      'ERROR f',
      'CRITICAL g',
      'INFO h',
    ]);
  });

  it('is told by the parts of this package', () => {
    const records = collect(0);
    obtainLogger().setLevel(1);
    subDebug('a %s', 1);
    debug('b');
    info('c');
    subWarning('d');
    expect(texts(records)).toEqual(['SUBDEBUG a 1', 'DEBUG b', 'INFO c', 'SUBWARNING d']);
  });

  it('tells who logs, and when', () => {
    const records = collect('INFO');
    const before = Date.now();
    obtainLogger().info('x');
    expect(records).toMatchObject([{ level: 20, processName: 'MainProcess', pid: process.pid }]);
    expect(records[0]!.created).toBeGreaterThanOrEqual(before);
  });

  it('formats only what somebody gets', () => {
    collect('INFO');
    const asked = vi.fn(() => 'text');
    obtainLogger().debug('%s', { toString: asked });
    expect(asked).not.toHaveBeenCalled();
    obtainLogger().info('%s', { toString: asked });
    expect(asked).toHaveBeenCalled();
  });

  it('calls a handler once, however often it was added, and not when it was removed', () => {
    const handler = vi.fn();
    const logger = obtainLogger();
    for (let i = 0; i < 2; i++) logger.addHandler(handler);
    logger.warning('x');
    expect(handler).toHaveBeenCalledTimes(1);
    logger.removeHandler(handler);
    logger.removeHandler(handler);
    logger.warning('x');
    expect(handler).toHaveBeenCalledTimes(1);
    expect(lines).toEqual(['x\n']);
  });

  it('survives a handler that throws, and one that logs', async () => {
    const warned = new Promise<Error>((resolve) => process.once('warning', resolve));
    const logger = obtainLogger();
    logger.addHandler(() => {
      throw null;
    });
    const records = collect('INFO');
    logger.addHandler(() => logger.info('again'));
    logger.info('once');
    expect(texts(records)).toEqual(['INFO once']);
    expect(await warned).toMatchObject({ code: 'MP_LOG_HANDLER' });
  });

  it('survives an asynchronous handler that rejects', async () => {
    const warned = new Promise<Error>((resolve) => process.once('warning', resolve));
    const logger = obtainLogger();
    logger.addHandler(async () => {
      throw new Error('too late');
    });
    logger.error('x');
    expect((await warned).message).toMatch(/too late/);
  });

  it('survives that stderr is closed', () => {
    vi.mocked(native.writeAll).mockImplementation(() => {
      throw new Error('EPIPE');
    });
    obtainLogger().error('lost');
  });

  it('refuses what is no level and no handler', () => {
    const logger = obtainLogger();
    expect(thrownBy(() => logger.setLevel('LOUD' as LogLevel))).toBeInstanceOf(RangeError);
    expect(thrownBy(() => logger.setLevel('toString' as LogLevel))).toBeInstanceOf(RangeError);
    expect(thrownBy(() => logger.setLevel(Number.NaN))).toBeInstanceOf(RangeError);
    expect(thrownBy(() => logger.setLevel(null as never))).toBeInstanceOf(TypeError);
    expect(thrownBy(() => logger.log(undefined as never, 'x'))).toBeInstanceOf(TypeError);
    expect(thrownBy(() => logger.addHandler('x' as never))).toBeInstanceOf(TypeError);
    expect(thrownBy(() => new (logger.constructor as new () => object)())).toBeInstanceOf(
      TypeError,
    );
  });

  it('tells whether somebody gets a level', () => {
    const logger = obtainLogger();
    expect([logger.isEnabledFor('INFO'), logger.isEnabledFor(30)]).toEqual([false, true]);
    collect('INFO');
    expect(logger.isEnabledFor('INFO')).toBe(true);
    expect(logger.isEnabledFor('DEBUG')).toBe(false);
  });
});

it('subscribers of the channel get everything, whatever the level', () => {
  const records: unknown[] = [];
  const subscriber = (record: unknown) => records.push(record);
  subscribe('multiprocessing.log', subscriber);
  onTestFinished(() => void unsubscribe('multiprocessing.log', subscriber));
  obtainLogger().setLevel('CRITICAL');
  subDebug('quiet');
  expect(records).toMatchObject([{ levelName: 'SUBDEBUG', message: 'quiet' }]);
  expect(lines).toEqual([]);
});

it('a child begins with the level, and writes to stderr if its parent does', () => {
  adoptLogging({ level: levels.INFO, toStderr: true });
  adoptLogging({ level: levels.INFO, toStderr: true });
  info('heard');
  expect(lines).toEqual(['[INFO/MainProcess] heard\n']);
  expect(describeLogging()).toEqual({ level: 20, toStderr: true });
});
