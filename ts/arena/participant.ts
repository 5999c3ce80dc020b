/** This thread's part in the arena: who it is to the others. It takes part from its first object on. */
import { native } from '../native/binding.js';

interface Participant {
  /** Which arena this is: that of one tree of processes. */
  arena: number;
  /** Who this is, as it stands in the words of locks. 0: this thread does not take part yet. */
  owner: number;
  doorbell: number;
}

export const self: Participant = { arena: 0, owner: 0, doorbell: -1 };

/** @throws A system error when there is no memory, no descriptor or no slot left. */
export function takePart(): void {
  if (self.owner !== 0) return;
  Object.assign(self, native.joinArena());
  // Not what is still held when the program ends, but what is held when it is killed, is to be recovered.
  process.once('exit', native.announceLeaving);
}

/** In a forked child: all of it is the parent's. */
export function forgetPart(): void {
  self.owner = 0;
}

/**
 * The arena, for a process that is being started; made if there is none yet, so that the whole tree has the
 * same one. Undefined when the system does not allow of any: processes are started all the same.
 */
export function arenaDescriptor(): number | undefined {
  try {
    return native.arenaDescriptor();
  } catch {
    return undefined;
  }
}
