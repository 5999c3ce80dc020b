/** Connects to the forkserver that another process, or another thread, of the tree has started. */
import { closeSync, openSync } from 'node:fs';
import { setTimeout } from 'node:timers/promises';
import { AuthenticationError } from '../../errors.js';
import { native } from '../../native/binding.js';
import { EAGAIN } from '../../native/system-error.js';
import { Connection } from '../../transport/connection.js';
import { keepFromForks } from '../private-pipe.js';
import { EMPTY } from '../spawn-protocol.js';
import { authenticateServer } from './authentication.js';
import type { ServerAddress } from './protocol.js';

/** Between two attempts while the server has more callers than it has taken. */
const RETRY_MS = 5;
const MAX_RETRIES = 200;

/** @returns Undefined when it is gone, or does not answer as it should. */
export async function joinServer(server: ServerAddress): Promise<Connection | undefined> {
  const fd = await connect(server.address);
  if (fd < 0) return undefined;
  const connection = keepFromForks(Connection.fromFd(fd));
  try {
    requireSameUser(fd);
    await authenticateServer(connection, server.key);
    await introduce(connection);
    return connection;
  } catch {
    // It ended meanwhile, or it is somebody else: its address may be taken by anyone when it is gone.
    connection.close();
    return undefined;
  }
}

function requireSameUser(fd: number): void {
  const { uid } = native.peerCredentials(fd);
  if (uid === native.userId()) return;
  throw new AuthenticationError(`The forkserver belongs to the user ${uid}`);
}

async function connect(address: string): Promise<number> {
  for (let attempt = 0; ; attempt++) {
    const fd = native.connect(address);
    if (fd !== EAGAIN || attempt === MAX_RETRIES) return fd;
    await setTimeout(RETRY_MS);
  }
}

/** Tells the server for whom it will make children: who they live with, and where they write. */
export async function introduce(connection: Connection): Promise<void> {
  const self = native.openProcessHandle(process.pid);
  const nowhere = openSync('/dev/null', 'r+');
  try {
    const outputs = [1, 2].map((fd) => (isOpen(fd) ? fd : nowhere));
    await connection.sendFrame(EMPTY, [self, ...outputs]);
  } finally {
    native.closeFd(self);
    // As it was opened: a worker_thread closes what it has opened by `fs` when it ends, whatever has that
    // number by then.
    closeSync(nowhere);
  }
}

function isOpen(fd: number): boolean {
  try {
    native.closeFd(native.duplicateFd(fd));
    return true;
  } catch {
    return false;
  }
}
