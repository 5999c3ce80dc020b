import { ClosedError, ProcessError } from '../errors.js';
import { MAX_FDS, native } from '../native/binding.js';
import { EAGAIN, EBUSY, EOWNERDEAD, systemError } from '../native/system-error.js';
import type { Descriptor } from './descriptor.js';
import { frameSize, reuseMemory, transientMemory } from './frame.js';
import { closeHandles } from './frame-reader.js';

/** A frame on its way out. */
export interface OutgoingFrame {
  body: Uint8Array;
  /** The body is memory of the writer's. */
  isCopy: boolean;
  /** Bytes of the frame, header included, that are out. */
  position: number;
  readonly size: number;
  /** Copies of the descriptors that travel with it. */
  readonly handles: number[];
  /** Told once: when the frame is out, or why it never will be. `undefined`: nobody waits. */
  settle: ((error?: unknown) => void) | undefined;
}

/** What hinders a frame: the peer does not read, or another process is writing to this end. */
export type Hindrance = 'full' | 'locked';

/**
 * Writes frames to a descriptor, first come, first served. A frame whose first byte is out is
 * always written to its end before the next, whatever became of who sent it.
 */
export class FrameWriter {
  readonly queue: OutgoingFrame[] = [];
  /** Why the first frame of the queue was not written the last time. */
  hindrance: Hindrance = 'full';
  readonly #descriptor: Descriptor;
  #broken: unknown;

  constructor(descriptor: Descriptor) {
    this.#descriptor = descriptor;
  }

  get isEmpty(): boolean {
    return this.queue.length === 0;
  }

  /** Whether somebody waits for a frame of the queue. */
  get isAwaited(): boolean {
    return this.queue.some((frame) => frame.settle !== undefined);
  }

  /**
   * Tries to write a frame at once; the queue is empty.
   * @returns How many bytes of it are out.
   */
  tryWrite(body: Uint8Array, handles: readonly number[]): number {
    if (this.#broken !== undefined) throw this.#broken;
    if (handles.length > MAX_FDS) {
      throw new ProcessError(
        `A message carries at most ${MAX_FDS} descriptors, this one has ${handles.length}`,
      );
    }
    const { fd, shared } = this.#descriptor;
    if (handles.length > 0) requireLocalSocket(fd);
    return this.#check(
      handles.length === 0
        ? native.sendFrame(fd, body, 0, shared)
        : native.sendFrameWithFds(fd, body, Int32Array.from(handles), shared),
    );
  }

  /** Queues what `tryWrite` left of a frame, whose body stays as it is until it is settled. */
  enqueue(
    body: Uint8Array,
    position: number,
    handles: readonly number[],
    settle: OutgoingFrame['settle'],
  ): OutgoingFrame {
    const frame = {
      body,
      isCopy: false,
      position,
      size: frameSize(body.length),
      handles: position > 0 ? [] : handles.map(native.duplicateFd),
      settle,
    };
    this.queue.push(frame);
    return frame;
  }

  /** Writes as much of the queue as goes. */
  flush(): void {
    for (let frame = this.queue[0]; frame !== undefined; frame = this.queue[0]) {
      try {
        frame.position += this.#writeMore(frame);
      } catch (error) {
        if (frame.position > 0) this.#broken = error;
        this.#remove(frame, error);
        continue;
      }
      if (frame.position < frame.size) return;
      this.#remove(frame);
    }
  }

  /** Copies the body of a queued frame: the caller may change it from now on. */
  keep(frame: OutgoingFrame): void {
    const copy = transientMemory(frame.body.length);
    copy.set(frame.body);
    frame.body = copy;
    frame.isCopy = true;
  }

  /**
   * Nobody waits for the frame any more.
   * @returns Whether it was withdrawn; `false`: a part of it is out, and the rest will follow.
   */
  abandon(frame: OutgoingFrame): boolean {
    frame.settle = undefined;
    if (frame.position > 0) return false;
    this.#remove(frame);
    return true;
  }

  /** Fails whatever is queued. */
  close(): void {
    if (this.isEmpty) return;
    const error = new ClosedError('The connection was closed');
    for (const frame of [...this.queue]) this.#remove(frame, error);
  }

  /** Forgets the queue, which is the parent's. */
  forget(): void {
    for (const { handles } of this.queue.splice(0)) closeHandles(handles);
    this.#broken = undefined;
  }

  #writeMore(frame: OutgoingFrame): number {
    if (frame.position === 0) return this.tryWrite(frame.body, frame.handles);
    const { fd, shared } = this.#descriptor;
    return this.#check(native.sendFrame(fd, frame.body, frame.position, shared));
  }

  #check(outcome: number): number {
    if (outcome >= 0) return outcome;
    if (outcome === EAGAIN || outcome === EBUSY) {
      this.hindrance = outcome === EAGAIN ? 'full' : 'locked';
      return 0;
    }
    if (outcome !== EOWNERDEAD) throw systemError(outcome, 'sendmsg');
    throw new ProcessError(
      'Another process that shared this end of the connection died in the middle of a message',
    );
  }

  #remove(frame: OutgoingFrame, error?: unknown): void {
    const index = this.queue.indexOf(frame);
    if (index >= 0) this.queue.splice(index, 1);
    closeHandles(frame.handles);
    if (frame.isCopy) reuseMemory(frame.body);
    frame.settle?.(error);
  }
}

// The kernel would drop them without a word.
function requireLocalSocket(fd: number): void {
  if (native.isLocalSocket(fd)) return;
  throw new ProcessError(
    'Connections and descriptors travel between processes of one machine only, through a Pipe or an ' +
      'AF_UNIX connection, and this is a connection over the internet',
  );
}
