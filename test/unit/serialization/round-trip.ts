import { decode, encode } from '../../../ts/serialization/codec.js';

/** Through bytes that are overwritten afterwards: what comes back may not refer to them. */
export function roundTrip<T>(value: T): T {
  const bytes = Buffer.from(encode(value));
  const result = decode(bytes);
  bytes.fill(0xff);
  return result as T;
}
