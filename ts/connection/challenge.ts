/**
 * The messages of CPython's handshake. The challenger sends `#CHALLENGE#` and random bytes, and the
 * other one answers with their HMAC under the key, which neither shows. Since Python 3.12 both name
 * the digest in front, as `{sha256}`, which is part of what is signed; before, it was MD5 and nobody
 * named it, which the length of a message gives away.
 */
import { AuthenticationError } from '../errors.js';
import { randomBytes } from '../native/random.js';

/** A digest that CPython takes, by Python's name. */
export type DigestName = 'md5' | 'sha256' | 'sha384' | 'sha3_256' | 'sha3_384';

export const digestNames: readonly DigestName[] = [
  'md5',
  'sha256',
  'sha384',
  'sha3_256',
  'sha3_384',
];

/** No message of the handshake is longer. */
export const MAX_LENGTH = 256;

export const WELCOME = Buffer.from('#WELCOME#');
export const FAILURE = Buffer.from('#FAILURE#');
const CHALLENGE = Buffer.from('#CHALLENGE#');

const RANDOM_LENGTH = 40;
/** Of a challenge of Python before 3.12, and the least of any. */
const LEGACY_CHALLENGE_LENGTH = 20;
const MD5_LENGTH = 16;

// Not at the top: it takes ten milliseconds to load.
const crypto = () => process.getBuiltinModule('node:crypto');

/** What has to be signed. */
export function newChallenge(digest: DigestName): Buffer {
  return Buffer.concat([Buffer.from(`{${digest}}`), randomBytes(RANDOM_LENGTH)]);
}

/** The message that carries it. */
export function encodeChallenge(challenge: Uint8Array): Buffer {
  return Buffer.concat([CHALLENGE, challenge]);
}

/** @throws {AuthenticationError} */
export function parseChallenge(message: Buffer): Buffer {
  if (!message.subarray(0, CHALLENGE.length).equals(CHALLENGE)) {
    throw new AuthenticationError(
      `Expected the challenge of a Listener with an authkey, received ${show(message)}`,
    );
  }
  const challenge = message.subarray(CHALLENGE.length);
  if (challenge.length < LEGACY_CHALLENGE_LENGTH)
    throw new AuthenticationError(`The challenge is too short: ${challenge.length} bytes`);
  return challenge;
}

/** @throws {AuthenticationError} for a digest that is not known. */
export function createResponse(key: Uint8Array, challenge: Buffer): Buffer {
  const { digest } = splitDigest(challenge);
  if (digest === undefined) return sign('md5', key, challenge);
  return Buffer.concat([Buffer.from(`{${digest}}`), sign(digest, key, challenge)]);
}

/** @throws {AuthenticationError} unless the response was made with the key. */
export function verifyResponse(key: Uint8Array, challenge: Uint8Array, response: Buffer): void {
  const { digest = 'md5', payload } = splitDigest(response);
  const expected = sign(digest, key, challenge);
  if (expected.length !== payload.length || !crypto().timingSafeEqual(expected, payload))
    throw new AuthenticationError('The other side does not hold the same authkey');
}

interface Signed {
  /** Undefined: that of Python before 3.12, which is MD5. */
  readonly digest: DigestName | undefined;
  readonly payload: Buffer;
}

function splitDigest(message: Buffer): Signed {
  if (message.length === LEGACY_CHALLENGE_LENGTH || message.length === MD5_LENGTH)
    return { digest: undefined, payload: message };
  const digest = digestNames.find(
    (name) => message.toString('latin1', 0, name.length + 2) === `{${name}}`,
  );
  if (digest === undefined)
    throw new AuthenticationError(
      `Expected a digest of ${digestNames.join(', ')}, received ${show(message)}`,
    );
  return { digest, payload: message.subarray(digest.length + 2) };
}

function sign(digest: DigestName, key: Uint8Array, message: Uint8Array): Buffer {
  try {
    return crypto().createHmac(digest.replace('_', '-'), key).update(message).digest();
  } catch (cause) {
    // MD5, where the cryptography of the system obeys FIPS.
    throw new AuthenticationError(`The digest ${digest} is not available here`, { cause });
  }
}

function show(message: Buffer): string {
  return `${message.length} bytes that begin with ${JSON.stringify(message.toString('latin1', 0, 16))}`;
}
