/** Starts a forkserver, of which this process is the first client. */
import { arenaDescriptor } from '../../arena/participant.js';
import { ProcessError } from '../../errors.js';
import { randomBytes } from '../../native/random.js';
import { forkserverMain } from '../../package-root.js';
import { encode } from '../../serialization/pickle.js';
import type { Connection } from '../../transport/connection.js';
import { FOR_EVER } from '../../transport/wait-options.js';
import { ChildHandle } from '../child-handle.js';
import { startNode } from '../launch-spawn.js';
import { privatePipe } from '../private-pipe.js';
import { describeRehearsals } from './describe-rehearsal.js';
import { introduce } from './join-server.js';
import { isPeerGone } from './peer-gone.js';
import type { Boot, Ready, ServerSettings } from './protocol.js';
import { shareServer } from './server-record.js';
import { reportPreloadFailures } from './settings.js';

/**
 * @returns Undefined when its children could not import modules as this process does.
 * @throws {ProcessError} when the server ends at once; the error of a module to be preloaded.
 */
export async function startServer(settings: ServerSettings): Promise<Connection | undefined> {
  const [connection, its] = privatePipe();
  const launched = startNode(forkserverMain, its.fileno());
  its.close();
  // Takes its exit code, so that it leaves no zombie. Closed then, but not from within its own doings.
  const handle = new ChildHandle(launched, () => queueMicrotask(() => handle.close()));
  const key = new Uint8Array(randomBytes(32));
  try {
    const { address, failures, hasLoaderThread } = await boot(connection, {
      rootPid: process.pid,
      key,
      settings,
      rehearsals: await describeRehearsals(),
    });
    reportPreloadFailures(failures);
    if (hasLoaderThread) {
      connection.close();
      return undefined;
    }
    shareServer({ address, key, pid: handle.pid, settings });
    await introduce(connection);
    return connection;
  } catch (error) {
    // It ends when its last client is gone.
    connection.close();
    throw isPeerGone(error) ? await explain(handle) : error;
  }
}

async function boot(connection: Connection, message: Boot): Promise<Ready> {
  const arena = arenaDescriptor();
  await connection.sendFrame(encode(message), arena === undefined ? [] : [arena]);
  return connection.recv<Ready>();
}

async function explain(server: ChildHandle): Promise<ProcessError> {
  const exitCode = await server.wait(FOR_EVER);
  return new ProcessError(
    `The forkserver ended with exit code ${exitCode} before it was ready. It imports nothing but the ` +
      'modules of setForkserverPreload() and what NODE_OPTIONS and the options of this process name',
  );
}
