/**
 * How client and server prove to each other that they hold the same key, without showing it: each
 * answers a random challenge with its HMAC under the key.
 * @see Python: the challenges of `multiprocessing.connection`, one for each direction.
 */
import { AuthenticationError } from '../../errors.js';
import { randomBytes } from '../../native/random.js';
import type { Connection } from '../../transport/connection.js';

const LENGTH = 32;
/** Nobody honest takes longer for a message of the handshake. */
const TIMEOUT_MS = 5000;

// Not at the top: it takes ten milliseconds to load.
const crypto = () => process.getBuiltinModule('node:crypto');

type Role = 'client' | 'server';

// The role is part of what is signed: an answer cannot be sent back as one's own.
function answer(key: Uint8Array, role: Role, challenge: Uint8Array): Buffer {
  return crypto().createHmac('sha256', key).update(role).update(challenge).digest();
}

function verify(key: Uint8Array, role: Role, challenge: Uint8Array, received: Uint8Array): void {
  const expected = answer(key, role, challenge);
  if (received.length === LENGTH && crypto().timingSafeEqual(expected, received)) return;
  throw new AuthenticationError(`The ${role} does not hold the key of this forkserver`);
}

function receive(connection: Connection, length: number): Promise<Buffer> {
  return connection.recvBytes({ maxLength: length, timeout: TIMEOUT_MS });
}

/** @throws {AuthenticationError}; what the connection throws, also for anything but a handshake. */
export async function authenticateClient(connection: Connection, key: Uint8Array): Promise<void> {
  const challenge = randomBytes(LENGTH);
  await connection.sendBytes(challenge);
  const received = await receive(connection, 2 * LENGTH);
  verify(key, 'client', challenge, received.subarray(0, LENGTH));
  await connection.sendBytes(answer(key, 'server', received.subarray(LENGTH)));
}

/** @throws as authenticateClient. */
export async function authenticateServer(connection: Connection, key: Uint8Array): Promise<void> {
  const theirs = await receive(connection, LENGTH);
  const challenge = randomBytes(LENGTH);
  await connection.sendBytes(Buffer.concat([answer(key, 'client', theirs), challenge]));
  verify(key, 'server', challenge, await receive(connection, LENGTH));
}
