/** Bytes that are none of ours, and what they probably are instead. */

/** From protocol 2 on, a pickle begins with 0x80 and the number of its protocol. */
const PICKLE = 0x80;
const MAX_PROTOCOL = 5;
const CHALLENGE = '#CHALLENGE#';

/** What to tell a person who expected a value. */
export function describeForeign(bytes: Buffer): string {
  if (bytes[0] === PICKLE && bytes[1]! >= 2 && bytes[1]! <= MAX_PROTOCOL) {
    return (
      'the bytes are a pickle of Python, which nothing but Python reads. With a Python program, exchange ' +
      'bytes: sendBytes() and recvBytes() here, send_bytes() and recv_bytes() there'
    );
  }
  if (bytes.subarray(0, CHALLENGE.length).equals(Buffer.from(CHALLENGE))) {
    return 'the bytes are the challenge of a Listener that expects an `authkey`';
  }
  return 'the bytes are not of this version of the format';
}
