import { createHmac } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import {
  createResponse,
  digestNames,
  encodeChallenge,
  newChallenge,
  parseChallenge,
  verifyResponse,
} from '../../../ts/connection/challenge.js';
import { thrownBy } from '../../helpers/pipes.js';

const key = Buffer.from('secret');
const hmac = (name: string, message: Uint8Array) => createHmac(name, key).update(message).digest();

describe('a challenge', () => {
  it('is what CPython 3.12 sends: its digest in braces and 40 random bytes', () => {
    const challenge = newChallenge('sha256');
    expect(challenge.toString('latin1', 0, 8)).toBe('{sha256}');
    expect(challenge).toHaveLength(48);
    expect(newChallenge('sha256')).not.toEqual(challenge);
    const message = encodeChallenge(challenge);
    expect(message.toString('latin1', 0, 19)).toBe('#CHALLENGE#{sha256}');
    expect(parseChallenge(message)).toEqual(challenge);
  });

  it('is refused when it is none, or too short to be safe', () => {
    for (const message of [
      '',
      '#CHALLENG',
      'GET / HTTP/1.1',
      '#CHALLENGE#',
      `#CHALLENGE#${'x'.repeat(19)}`,
    ]) {
      const error = thrownBy(() => parseChallenge(Buffer.from(message)));
      expect(error.code, message).toBe('ERR_MP_AUTHENTICATION');
    }
  });
});

describe('a response', () => {
  it.each(digestNames)('names %s, signs the whole challenge, and is verified', (digest) => {
    const challenge = newChallenge(digest);
    const response = createResponse(key, challenge);
    const expected = hmac(digest.replace('_', '-'), challenge);
    expect(response).toEqual(Buffer.concat([Buffer.from(`{${digest}}`), expected]));
    verifyResponse(key, challenge, response);
  });

  it('to a challenge of Python before 3.12 is the bare HMAC-MD5', () => {
    const challenge = Buffer.from('12345678901234567890');
    expect(createResponse(key, challenge)).toEqual(hmac('md5', challenge));
  });

  it('of Python before 3.12 is the bare HMAC-MD5 of all that was sent', () => {
    const challenge = newChallenge('sha256');
    verifyResponse(key, challenge, hmac('md5', challenge));
  });

  it('may be made with another digest than asked for', () => {
    const challenge = newChallenge('sha256');
    const response = Buffer.concat([Buffer.from('{sha3_384}'), hmac('sha3-384', challenge)]);
    verifyResponse(key, challenge, response);
  });

  const challenge = newChallenge('sha256');
  const right = createResponse(key, challenge);
  const flipped = Buffer.from(right);
  flipped[20]! ^= 1;
  it.each([
    ['another key', createResponse(Buffer.from('other'), challenge)],
    ['another challenge', createResponse(key, newChallenge('sha256'))],
    ['one bit flipped', flipped],
    ['a byte less', right.subarray(0, -1)],
    ['a byte more', Buffer.concat([right, Buffer.of(0)])],
    ['nothing', Buffer.alloc(0)],
    ['16 bytes of anything', Buffer.alloc(16)],
    ['20 bytes of anything', Buffer.alloc(20)],
    ['only a digest', Buffer.from('{sha256}')],
    ['a digest that is not known', Buffer.from(`{sha1}${'x'.repeat(20)}`)],
    ['an open brace', Buffer.from(`{sha256${'x'.repeat(40)}`)],
    ['the name of a property', Buffer.from(`{__proto__}${'x'.repeat(40)}`)],
  ])('of %s is refused', (_, response) => {
    const error = thrownBy(() => verifyResponse(key, challenge, response));
    expect(error.code).toBe('ERR_MP_AUTHENTICATION');
  });

  it('is not made for a digest that is not known', () => {
    const challenge = Buffer.from(`{whirlpool}${'x'.repeat(40)}`);
    expect(thrownBy(() => createResponse(key, challenge)).message).toMatch(
      /Expected a digest of md5,/,
    );
  });
});
