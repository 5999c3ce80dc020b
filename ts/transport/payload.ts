import v8 from 'node:v8';
import type { Purpose } from '../serialization/contexts.js';

/** The bytes of a value; they hold until the next call. */
export function encodePayload(
  value: unknown,
  _handles: number[],
  _purpose: Purpose,
): Uint8Array {
  return v8.serialize(value);
}

export function decodePayload(bytes: Uint8Array, _handles: number[]): unknown {
  return v8.deserialize(bytes);
}
