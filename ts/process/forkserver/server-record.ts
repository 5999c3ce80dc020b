/** The forkserver of this tree of processes, as every thread of this process knows it. */
import { native } from '../../native/binding.js';
import { decode, encode } from '../../serialization/pickle.js';
import type { ServerAddress } from './protocol.js';

export function knownServer(): ServerAddress | undefined {
  const record = native.sharedRecord();
  return record === null ? undefined : (decode(record) as ServerAddress);
}

export function forgetServer(): void {
  native.setSharedRecord(new Uint8Array(0));
}

export function shareServer(server: ServerAddress): void {
  native.setSharedRecord(encode(server));
}
