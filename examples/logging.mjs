// What this package does, and what your program has to say, on stderr.
import { getLogger, logToStderr, Process } from 'node-multiprocessing';

function work() {
  getLogger().info('half way through');
}

const logger = logToStderr('INFO');
logger.warning('doomed');
const p = new Process({ target: work });
await p.start();
await p.join();
