/** A part of a job on its way to a worker, and back. */
import type { LooseFrame } from '../rings/ring-memory.js';
import { decode, encode, type Undo } from '../serialization/pickle.js';
import type { Alarm } from '../time.js';
import { FromWorker, ToWorker } from './frames.js';
import type { Job, Part } from './job.js';
import { pack, unpack } from './packing.js';

/** A part of a job that a worker has been given. */
export interface Task {
  readonly id: number;
  readonly job: Job;
  readonly part: Part;
  /** What to call if the worker does not get it. */
  readonly undo: Undo[];
  /** Nobody wants its result any more. */
  isUnwanted: boolean;
  alarm: Alarm | undefined;
}

/** A task that another worker may have. */
export interface LooseTask {
  readonly task: Task;
  readonly frame: LooseFrame;
}

/** What a worker is sent of a part. */
export function encodePart({ tag, input }: Part, handles: number[], undo: Undo[]) {
  const packed = tag === ToWorker.MAP ? pack(input) : undefined;
  if (packed !== undefined) {
    return { tag: packed.ints ? ToWorker.MAP_INTS : ToWorker.MAP_FLOATS, bytes: packed.bytes };
  }
  return {
    tag,
    bytes: encode(input, { root: tag === ToWorker.CALL ? 'args' : 'items', handles, undo }),
  };
}

/** Tells the job what came of a part. */
export function conclude({ job, part }: Task, base: number, payload: Uint8Array): void {
  if (base === FromWorker.RESULT) job.resolve(part.index, decode(payload));
  else if (base === FromWorker.ERROR) job.reject(part.index, decode(payload));
  else job.resolve(part.index, unpack(payload, base === FromWorker.RESULT_INTS));
}
