/**
 * Where log messages go. Every part of this package tells here what it does; whether anybody listens is
 * one comparison.
 */
import { channel } from 'node:diagnostics_channel';
import { format } from 'node:util';
import { native } from '../native/binding.js';
import { levels, nameOfLevel } from './levels.js';

/**
 * A message, as handlers of the logger get it, and subscribers of the `node:diagnostics_channel` channel
 * `multiprocessing.log`.
 * @see Python: `logging.LogRecord`
 */
export interface LogRecord {
  readonly level: number;
  /** Such as `INFO`; `Level 7` for a number without a name. */
  readonly levelName: string;
  readonly message: string;
  /** The name of the process object, `MainProcess` in the root process. */
  readonly processName: string;
  readonly pid: number;
  /** In ms since 1970. */
  readonly created: number;
}

/** Called with each record, in the process and thread that logs. An error of its own becomes a warning. */
export type LogHandler = (record: LogRecord) => void;

const records = channel('multiprocessing.log');

interface State {
  handlers: readonly LogHandler[];
  /** Nobody but subscribers wants what is below. */
  threshold: number;
  nameOfProcess: () => string;
  isSilent: boolean;
}

/** Of this thread. A forked child begins with that of its parent. */
const state: State = {
  handlers: [],
  threshold: Number.POSITIVE_INFINITY,
  nameOfProcess: () => 'MainProcess',
  isSilent: false,
};

/** Whoever gets what is not below the threshold; nobody: stderr. */
export function setOutput(handlers: readonly LogHandler[], threshold: number): void {
  state.handlers = handlers;
  state.threshold = threshold;
}

/** Who knows the name of this process. */
export function setNameSource(nameOfProcess: () => string): void {
  state.nameOfProcess = nameOfProcess;
}

/** Whether anybody listens. */
export function isLogged(level: number): boolean {
  return level >= state.threshold || records.hasSubscribers;
}

/** The message is formatted as by `util.format`, and only if anybody listens. */
export function emit(level: number, message: unknown, args: readonly unknown[]): void {
  if (!isLogged(level) || state.isSilent) return;
  const record: LogRecord = {
    level,
    levelName: nameOfLevel(level),
    message: format(message, ...args),
    processName: state.nameOfProcess(),
    pid: process.pid,
    created: Date.now(),
  };
  // What a handler causes to be logged is not: it would never end.
  silently(() => {
    records.publish(record);
    if (level >= state.threshold) deliver(record);
  });
}

/** Logs nothing meanwhile. */
export function silently(run: () => void): void {
  const outer = state.isSilent;
  state.isSilent = true;
  try {
    run();
  } finally {
    state.isSilent = outer;
  }
}

function deliver(record: LogRecord): void {
  // As Python's handler of last resort.
  if (state.handlers.length === 0) writeLine(record.message);
  for (const handler of state.handlers) {
    try {
      const outcome: unknown = handler(record);
      // An asynchronous one: its errors are not to end the program either.
      if (outcome instanceof Promise) outcome.catch(warnOfHandler);
    } catch (error) {
      warnOfHandler(error);
    }
  }
}

function warnOfHandler(error: unknown): void {
  process.emitWarning(`A handler of the logger threw: ${error}`, {
    code: 'MP_LOG_HANDLER',
    type: 'MultiprocessingWarning',
  });
}

/** `[INFO/Process-1] message`, on stderr. */
export function writeToStderr({ levelName, processName, message }: LogRecord): void {
  writeLine(`[${levelName}/${processName}] ${message}`);
}

function writeLine(line: string): void {
  try {
    // At once, also when the process is about to exit.
    native.writeAll(2, Buffer.from(`${line}\n`));
  } catch {
    // Stderr is closed: nobody can be told, and the program is not to end of this.
  }
}

// Functions, not methods of the logger: without a listener, a call is a comparison.

export function subDebug(message: string, ...args: unknown[]): void {
  if (isLogged(levels.SUBDEBUG)) emit(levels.SUBDEBUG, message, args);
}

export function debug(message: string, ...args: unknown[]): void {
  if (isLogged(levels.DEBUG)) emit(levels.DEBUG, message, args);
}

export function info(message: string, ...args: unknown[]): void {
  if (isLogged(levels.INFO)) emit(levels.INFO, message, args);
}

export function subWarning(message: string, ...args: unknown[]): void {
  if (isLogged(levels.SUBWARNING)) emit(levels.SUBWARNING, message, args);
}
