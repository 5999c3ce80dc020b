import { AuthenticationError, EOFError, ProcessError, TimeoutError } from '../errors.js';
import { deadlineAfter, timeLeft } from '../time.js';
import { Connection } from '../transport/connection.js';
import type { WaitOptions } from '../transport/wait-options.js';
import { invalidType, outOfRange, validateOptions, validateTimeout } from '../validate.js';
import {
  createResponse,
  type DigestName,
  digestNames,
  encodeChallenge,
  FAILURE,
  MAX_LENGTH,
  newChallenge,
  parseChallenge,
  verifyResponse,
  WELCOME,
} from './challenge.js';

export type { DigestName } from './challenge.js';

export interface ChallengeOptions extends WaitOptions {
  /** What the other side has to sign with, by Python's name. Default: `'sha256'`. */
  digest?: DigestName | undefined;
}

/** A key for a handshake: bytes, or a string, of which the UTF-8 is meant. */
export type AuthKey = Uint8Array | string;

/** @throws TypeError */
export function validateAuthKey(authkey: unknown): Uint8Array {
  if (typeof authkey === 'string') return Buffer.from(authkey);
  if (authkey instanceof Uint8Array) return authkey;
  throw invalidType('authkey', 'bytes or a string', authkey);
}

/**
 * Has the other side prove that it holds the key; `answerChallenge` is what it calls. Neither shows
 * the key, and nothing is encrypted.
 * @param options - `timeout`: of the whole, in ms; default: none. After any error the connection is
 * of no use.
 * @throws {AuthenticationError} ERR_MP_AUTHENTICATION: it does not, or sends something else.
 * @throws {EOFError} ERR_MP_EOF: it closed the connection.
 * @throws {TimeoutError} ERR_MP_TIMEOUT
 * @see Python: `multiprocessing.connection.deliver_challenge`; every version since 3.0 is understood.
 */
export async function deliverChallenge(
  connection: Connection,
  authkey: AuthKey,
  options?: ChallengeOptions,
): Promise<void> {
  const { digest = 'sha256', ...wait } = validateOptions(options);
  if (!digestNames.includes(digest))
    throw outOfRange('digest', `one of ${digestNames.join(', ')}`, digest);
  const { key, conversation } = prepare(connection, authkey, wait);
  const challenge = newChallenge(digest);
  await conversation.send(encodeChallenge(challenge));
  const response = await conversation.receive();
  try {
    verifyResponse(key, challenge, response);
  } catch (error) {
    // Who is gone already needs not be told.
    await conversation.send(FAILURE).catch(() => {});
    throw error;
  }
  await conversation.send(WELCOME);
}

/**
 * Proves to the other side, which called `deliverChallenge`, that this one holds the key.
 * @param options - `timeout`: of the whole, in ms; default: none.
 * @throws {AuthenticationError} ERR_MP_AUTHENTICATION: it holds another one, or sends something else.
 * @throws {EOFError} ERR_MP_EOF: it closed the connection.
 * @throws {TimeoutError} ERR_MP_TIMEOUT
 * @see Python: `multiprocessing.connection.answer_challenge`
 */
export async function answerChallenge(
  connection: Connection,
  authkey: AuthKey,
  options?: WaitOptions,
): Promise<void> {
  const { key, conversation } = prepare(connection, authkey, validateOptions(options));
  const challenge = parseChallenge(await conversation.receive());
  await conversation.send(createResponse(key, challenge));
  const verdict = await conversation.receive();
  if (!verdict.equals(WELCOME))
    throw new AuthenticationError('The other side does not hold the same authkey, and refused');
}

function prepare(connection: unknown, authkey: unknown, wait: WaitOptions) {
  if (!(connection instanceof Connection))
    throw invalidType('connection', 'a Connection', connection);
  const key = validateAuthKey(authkey);
  return { key, conversation: new Conversation(connection, wait) };
}

/** Short messages with one deadline. */
class Conversation {
  readonly #connection: Connection;
  readonly #signal: AbortSignal | undefined;
  readonly #deadline: number;

  constructor(connection: Connection, { timeout, signal }: WaitOptions) {
    this.#connection = connection;
    this.#signal = signal;
    this.#deadline = deadlineAfter(validateTimeout(timeout));
  }

  async send(message: Buffer): Promise<void> {
    await this.#connection.sendBytes(message, this.#wait()).catch(translate);
  }

  async receive(): Promise<Buffer> {
    const options = { ...this.#wait(), maxLength: MAX_LENGTH };
    return this.#connection.recvBytes(options).catch(translate);
  }

  #wait(): WaitOptions {
    const timeout = Number.isFinite(this.#deadline) ? timeLeft(this.#deadline) : undefined;
    return { timeout, signal: this.#signal };
  }
}

/** What went wrong on the connection, in terms of the handshake. */
function translate(error: unknown): never {
  if (error instanceof EOFError)
    throw new EOFError('The other side closed the connection during the handshake');
  if (error instanceof TimeoutError)
    throw new TimeoutError('The other side did not complete the handshake in time');
  // Too long a message, or a part of one.
  if (error instanceof ProcessError && error.code === 'ERR_MP_PROCESS')
    throw new AuthenticationError('The other side does not speak this handshake', { cause: error });
  throw error;
}
