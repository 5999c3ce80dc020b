import { writeToStderr } from '../logging/emit.js';
import type { LogLevel } from '../logging/levels.js';
import { type Logger, obtainLogger } from '../logging/logger.js';
import { installExitHandling } from './exit.js';

/**
 * The logger of this package.
 * @see Python: `multiprocessing.get_logger`
 */
export function getLogger(): Logger {
  // Which logs that the process is shutting down.
  installExitHandling();
  return obtainLogger();
}

/**
 * Has what is logged written to stderr, as `[INFO/Process-1] message`, here and in children that are started
 * from now on.
 * @param level - From this level on; default: that of the logger, at first `WARNING`.
 * @throws TypeError, RangeError
 * @example
 * const logger = logToStderr('INFO');
 * logger.warning('doomed'); // [WARNING/MainProcess] doomed
 * @see Python: `multiprocessing.log_to_stderr`; differs: a second call changes the level only.
 */
export function logToStderr(level?: LogLevel): Logger {
  const logger = getLogger();
  if (level !== undefined) logger.setLevel(level);
  logger.addHandler(writeToStderr);
  return logger;
}
