// What a manager says while it starts and ends.
import { logToStderr, Manager } from 'node-multiprocessing';

const logger = logToStderr('INFO');
logger.warning('doomed');
const manager = await Manager();
await manager.shutdown();
