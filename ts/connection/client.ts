import type { LookupAddress } from 'node:dns';
import { ProcessError, TimeoutError } from '../errors.js';
import { timeLeft } from '../time.js';
import { Connection } from '../transport/connection.js';
import { Pending } from '../transport/pending.js';
import { toWait, type Wait, type WaitOptions } from '../transport/wait-options.js';
import { validateBoolean, validateOptions } from '../validate.js';
import {
  type Address,
  type Family,
  type InternetAddress,
  type NativeAddress,
  toNative,
  validateAddress,
  validateFamily,
} from './address.js';
import { connect } from './connecting.js';
import { type AuthKey, answerChallenge, deliverChallenge, validateAuthKey } from './handshake.js';

/** How to connect to a Listener. */
export interface ClientOptions extends WaitOptions {
  /** Default: that of the address; of a host that has several addresses, IPv4 first. */
  family?: Family | undefined;
  /** The key of the listener, if it has one. */
  authkey?: AuthKey | undefined;
  /** As that of a Listener. Default: true. */
  functions?: boolean | undefined;
}

/**
 * Connects to a Listener, of this package or of Python.
 * @param options - `timeout`: of the whole, name lookup and handshake included, in ms; default: none. A
 * listener whose program does not call `accept` answers nothing.
 * @throws {AuthenticationError} ERR_MP_AUTHENTICATION: the listener has another key, or none.
 * @throws {TimeoutError} ERR_MP_TIMEOUT
 * @throws {EOFError} ERR_MP_EOF: the listener closed the connection during the handshake.
 * @throws {ProcessError} ERR_MP_PROCESS: the family is not available on this platform.
 * @throws TypeError, RangeError; a system error, such as ECONNREFUSED or ENOENT
 * @example
 * const conn = await connection.Client({ host: '127.0.0.1', port: 6000 }, { authkey: 'secret' });
 * @see Python: `multiprocessing.connection.Client`; differs: timeout and signal.
 */
export async function Client(address: Address, options?: ClientOptions): Promise<Connection> {
  const valid = validateAddress(address);
  const { authkey, functions = true, ...given } = validateOptions(options);
  validateBoolean('functions', functions);
  const key = authkey === undefined ? undefined : validateAuthKey(authkey);
  const family = validateFamily(given.family, valid);
  const wait = toWait({ timeout: given.timeout, signal: given.signal });
  const targets = await resolve(valid, given.family === undefined ? undefined : family, wait);
  const connection = Connection.fromFd(await connectToFirst(targets, wait), { functions });
  if (key !== undefined) await authenticate(connection, key, wait);
  return connection;
}

async function authenticate(connection: Connection, key: Uint8Array, wait: Wait): Promise<void> {
  const { signal } = wait;
  const timeout = () => (Number.isFinite(wait.deadline) ? timeLeft(wait.deadline) : undefined);
  try {
    await answerChallenge(connection, key, { timeout: timeout(), signal });
    await deliverChallenge(connection, key, { timeout: timeout(), signal });
  } catch (error) {
    connection.close();
    throw error;
  }
}

/** One after the other; fails as the last one does. */
async function connectToFirst(targets: readonly NativeAddress[], wait: Wait): Promise<number> {
  let failure: unknown;
  for (const target of targets) {
    try {
      return await connect(target, wait);
    } catch (error) {
      if (error instanceof TimeoutError || wait.signal?.aborted) throw error;
      failure = error;
    }
  }
  throw failure ?? new ProcessError('The host has no address');
}

async function resolve(
  address: Address,
  family: Family | undefined,
  wait: Wait,
): Promise<readonly NativeAddress[]> {
  if (typeof address === 'string') return [toNative(address, 'AF_UNIX')];
  const { host, port } = address.host === '' ? { ...address, host: 'localhost' } : address;
  const found = await abortable(lookUp({ host, port }, family), wait, host);
  return found.map((one) => ({ version: one.family as 4 | 6, host: one.address, port }));
}

function lookUp({ host }: InternetAddress, family: Family | undefined): Promise<LookupAddress[]> {
  const versions = { AF_INET: 4, AF_INET6: 6 } as const;
  const version = family === 'AF_INET' || family === 'AF_INET6' ? versions[family] : 0;
  // Not at the top: it takes a millisecond to load. Numbers are not looked up.
  const { promises } = process.getBuiltinModule('node:dns');
  return promises.lookup(host, { all: true, family: version, order: 'ipv4first' });
}

function abortable<T>(work: Promise<T>, wait: Wait, host: string): Promise<T> {
  const pending = new Pending<T>();
  const late = () =>
    pending.reject(new TimeoutError(`The address of ${host} was not found in time`));
  pending.expireAt(wait.deadline, late).abortOn(wait.signal, (reason) => pending.reject(reason));
  work.then(
    (value) => pending.resolve(value),
    (error) => pending.reject(error),
  );
  return pending.promise;
}
