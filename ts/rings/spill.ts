/** Messages too large for a ring stand in the arena by themselves; the ring holds where. */
import { defineKind } from '../arena/kinds.js';
import { type ObjectAddress, SharedObject } from '../arena/shared-object.js';
import { PicklingError } from '../errors.js';
import { native } from '../native/binding.js';

const SPILL = defineKind('Spill', { queues: 0, bytes: 0 });

/** Arena, offset and serial of the object, and how many of its bytes are the message. */
const ADDRESS_NUMBERS = 4;

/** The size of what is sent instead. */
export const SPILL_BYTES = ADDRESS_NUMBERS * Float64Array.BYTES_PER_ELEMENT;

/**
 * Puts the message there.
 * @returns What to send instead. It must arrive, or be dropped by `dropSpill`.
 * @throws A system error when the arena has no room for it.
 */
export function spill(payload: Uint8Array): Uint8Array {
  const object = SharedObject.create({ ...SPILL, bytes: payload.length });
  object.retain();
  new Uint8Array(native.objectMemory(object.offset, payload.length)).set(payload);
  object.pin();
  const address = new Float64Array([...object.address, payload.length]);
  object.release();
  return new Uint8Array(address.buffer);
}

/** Calls `use` with the message, whose memory is given back then. */
export function unspill<T>(sent: Uint8Array, use: (payload: Uint8Array) => T): T {
  const { object, length } = attach(sent);
  try {
    return use(new Uint8Array(native.objectMemory(object.offset, length)));
  } finally {
    object.release();
  }
}

/** For a message that nobody will read. */
export function dropSpill(sent: Uint8Array): void {
  attach(sent).object.release();
}

function attach(sent: Uint8Array): { object: SharedObject; length: number } {
  // Copied: in a ring it stands where no number may be read.
  const copy = new Uint8Array(SPILL_BYTES);
  copy.set(sent);
  const [arena, offset, serial, length] = new Float64Array(copy.buffer);
  const address: ObjectAddress = [arena!, offset!, serial!];
  const object = SharedObject.find(SPILL, address);
  if (object === undefined) {
    throw new PicklingError(
      'The memory of a large message is gone: its sender belonged to another arena',
    );
  }
  object.retain();
  return { object, length: length! };
}
