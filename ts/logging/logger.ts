import { validateFunction } from '../validate.js';
import { emit, isLogged, type LogHandler, setOutput, writeToStderr } from './emit.js';
import { type LogLevel, levels, toLevel } from './levels.js';

const constructorKey = Symbol('Logger');

/**
 * The logger of this package, to which its parts tell what they do, and programs what they like. Without a
 * handler, what is at least a WARNING is written to stderr as it is.
 *
 * Children begin with the level, and with the handler of `logToStderr`, if it was called; forked ones with
 * all handlers.
 * @see Python: the `logging.Logger` of `multiprocessing.get_logger`
 */
export class Logger {
  readonly name = 'multiprocessing';
  #level: number = levels.NOTSET;
  #handlers: LogHandler[] = [];

  /** @internal */
  constructor(key: symbol) {
    if (key !== constructorKey) throw new TypeError('The Logger is got by getLogger()');
  }

  /** The level that was set; 0, `NOTSET`, at first. */
  get level(): number {
    return this.#level;
  }

  /** The handlers, in the order in which they are called. */
  get handlers(): readonly LogHandler[] {
    return [...this.#handlers];
  }

  /** From now on messages below the level are dropped. @throws TypeError, RangeError */
  setLevel(level: LogLevel): void {
    this.#level = toLevel(level);
    this.#changed();
  }

  /** The level that counts: while none is set, `WARNING`, 30. */
  getEffectiveLevel(): number {
    return this.#level === levels.NOTSET ? levels.WARNING : this.#level;
  }

  /** Whether somebody gets messages of this level. */
  isEnabledFor(level: LogLevel): boolean {
    return isLogged(toLevel(level));
  }

  /** Has the handler called with each message, unless it is already. @throws TypeError */
  addHandler(handler: LogHandler): void {
    validateFunction('handler', handler);
    if (!this.#handlers.includes(handler)) this.#handlers.push(handler);
    this.#changed();
  }

  /** Has the handler called no more; nothing to do for one that is not. */
  removeHandler(handler: LogHandler): void {
    this.#handlers = this.#handlers.filter((one) => one !== handler);
    this.#changed();
  }

  /**
   * Logs a message.
   * @param message - With placeholders as of `util.format`: `%s`, `%d`, `%o`. Formatted only if somebody
   * gets it.
   * @throws TypeError, RangeError: it is no level.
   */
  log(level: LogLevel, message: unknown, ...args: unknown[]): void {
    emit(toLevel(level), message, args);
  }

  /** As `log` with `SUBDEBUG`, 5. @see Python: `util.sub_debug` */
  subDebug(message: unknown, ...args: unknown[]): void {
    emit(levels.SUBDEBUG, message, args);
  }

  /** As `log` with `DEBUG`, 10. */
  debug(message: unknown, ...args: unknown[]): void {
    emit(levels.DEBUG, message, args);
  }

  /** As `log` with `INFO`, 20. */
  info(message: unknown, ...args: unknown[]): void {
    emit(levels.INFO, message, args);
  }

  /** As `log` with `SUBWARNING`, 25. @see Python: `util.sub_warning` */
  subWarning(message: unknown, ...args: unknown[]): void {
    emit(levels.SUBWARNING, message, args);
  }

  /** As `log` with `WARNING`, 30. */
  warning(message: unknown, ...args: unknown[]): void {
    emit(levels.WARNING, message, args);
  }

  /** As `log` with `ERROR`, 40. */
  error(message: unknown, ...args: unknown[]): void {
    emit(levels.ERROR, message, args);
  }

  /** As `log` with `CRITICAL`, 50. */
  critical(message: unknown, ...args: unknown[]): void {
    emit(levels.CRITICAL, message, args);
  }

  #changed(): void {
    const level = this.getEffectiveLevel();
    const threshold = this.#handlers.length > 0 ? level : Math.max(level, levels.WARNING);
    setOutput([...this.#handlers], threshold);
  }
}

// Until somebody asks for it, nothing is logged.
let logger: Logger | undefined;

/** The logger of this thread. */
export function obtainLogger(): Logger {
  if (logger === undefined) {
    logger = new Logger(constructorKey);
    logger.setLevel(levels.NOTSET);
  }
  return logger;
}

/** What a child begins with. */
export interface LoggingConfig {
  readonly level: number;
  readonly toStderr: boolean;
}

/** For a child; undefined when nobody has asked for the logger. */
export function describeLogging(): LoggingConfig | undefined {
  if (logger === undefined) return undefined;
  return { level: logger.level, toStderr: logger.handlers.includes(writeToStderr) };
}

/** In a child. */
export function adoptLogging(config: LoggingConfig | undefined): void {
  if (config === undefined) return;
  const logger = obtainLogger();
  logger.setLevel(config.level);
  if (config.toStderr) logger.addHandler(writeToStderr);
}
