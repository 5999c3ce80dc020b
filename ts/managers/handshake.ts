/**
 * How a process and a server get to know each other. The process says with which key it comes: that of the manager,
 * or that of one object; each proves to the other that it holds the key. Then the server tells its id.
 */
import { answerChallenge, deliverChallenge } from '../connection/handshake.js';
import { AuthenticationError } from '../errors.js';
import type { Connection } from '../transport/connection.js';
import type { WaitOptions } from '../transport/wait-options.js';

/** With what right a process comes: any, with the manager's key; or that of an object. */
export type Scope = 'manager' | number;

const HELLO = /^node-multiprocessing 1 (manager|object (\d{1,16}))$/;
const MAX_HELLO_BYTES = 64;
const MAX_ID_BYTES = 64;

/** The server's side. @returns The scope of the process. */
export async function welcome(
  connection: Connection,
  server: { readonly id: string; keyOf(scope: Scope): Uint8Array },
  wait: WaitOptions,
): Promise<Scope> {
  const hello = await connection.recvBytes({ ...wait, maxLength: MAX_HELLO_BYTES });
  const match = HELLO.exec(hello.toString('latin1'));
  if (match === null) {
    throw new AuthenticationError('Expected a process that wants to use a manager');
  }
  const scope: Scope = match[2] === undefined ? 'manager' : Number(match[2]);
  const key = server.keyOf(scope);
  await deliverChallenge(connection, key, wait);
  await answerChallenge(connection, key, wait);
  await connection.sendBytes(Buffer.from(server.id), wait);
  return scope;
}

/** The process's side. @returns The id of the server. */
export async function introduce(
  connection: Connection,
  scope: Scope,
  key: Uint8Array,
  wait: WaitOptions,
): Promise<string> {
  const name = scope === 'manager' ? scope : `object ${scope}`;
  await connection.sendBytes(Buffer.from(`node-multiprocessing 1 ${name}`), wait);
  await answerChallenge(connection, key, wait);
  await deliverChallenge(connection, key, wait);
  return (await connection.recvBytes({ ...wait, maxLength: MAX_ID_BYTES })).toString('latin1');
}
