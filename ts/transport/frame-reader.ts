import { EOFError, ProcessError } from '../errors.js';
import { MAX_FDS, native, PARTIAL_FRAME } from '../native/binding.js';
import { EAGAIN, systemError } from '../native/system-error.js';
import type { Descriptor } from './descriptor.js';
import { BadLengthError, CutOffError, IncomingFrame } from './frame.js';

const SLAB_SIZE = 65536;
const HEADER = 4;

// Small messages are read here, one at a time in this thread, and are gone with the next one.
let slab: Buffer | undefined = createSlab();
// What receiveFrame tells of a partial frame.
const details = new Int32Array(2 + MAX_FDS);

const NO_HANDLES: number[] = [];

function createSlab(): Buffer {
  // The body starts after the header, at a multiple of 8.
  return Buffer.allocUnsafeSlow(SLAB_SIZE + 8).subarray(HEADER);
}

/** Runs `use` while a body in the slab stays as it is, even if `use` receives other messages. */
export function keepingSlab<T>(use: () => T): T {
  const lent = slab;
  slab = undefined;
  try {
    return use();
  } finally {
    slab = lent;
  }
}

/** What a reader of one frame wants. */
export interface FrameRequest {
  /** A longer message is an error. */
  readonly maxLength: number;
  /** Memory that may receive the body, if it fits. */
  readonly into?: Uint8Array | undefined;
  /** Nobody refers to the body after the request is served. */
  readonly isTransient?: boolean;
  /** For how long to hold the thread before it sleeps; else that is found out. */
  readonly spinUs?: number | undefined;
}

/**
 * Reads frames from a descriptor, one after the other and never ahead. A frame of which a part has
 * come stays here until the next call.
 */
export class FrameReader {
  /** The last body is memory of its own, not the slab's. */
  bodyIsOwn = false;
  /** Descriptors that came with the last frame; they are the caller's now. */
  handles: number[] = NO_HANDLES;
  /** How long the last `read` tried; 0 when it did not spin, or part of a frame is there. */
  spunUs = 0;
  readonly #descriptor: Descriptor;
  #incoming: IncomingFrame | undefined;

  constructor(descriptor: Descriptor) {
    this.#descriptor = descriptor;
  }

  /**
   * One body, or `undefined` when it has not all come.
   * @param spinUs - Try for so long, holding the thread, if no frame has begun to come.
   * @param expectsAnswer - To what was just sent: it cannot be there yet.
   * @throws EOFError, BadLengthError, ProcessError (end of file inside a message), a system error
   */
  read(request: FrameRequest, spinUs = 0, expectsAnswer = false): Uint8Array | undefined {
    this.spunUs = 0;
    if (this.#incoming === undefined) {
      slab ??= createSlab();
      const { fd } = this.#descriptor;
      const outcome =
        spinUs === 0
          ? native.receiveFrame(fd, slab, details)
          : native.spinForFrame(fd, slab, details, spinUs, expectsAnswer);
      if (spinUs > 0 && outcome !== PARTIAL_FRAME) this.spunUs = details[0]!;
      if (outcome >= 0) {
        if (outcome > request.maxLength) throw new BadLengthError(outcome);
        this.bodyIsOwn = false;
        this.handles = NO_HANDLES;
        return slab.subarray(HEADER, HEADER + outcome);
      }
      if (outcome === EAGAIN) return undefined;
      if (outcome !== PARTIAL_FRAME) throw systemError(outcome, 'recvmsg');
      this.#begin(slab, request);
    }
    return this.#continue(this.#incoming!, request);
  }

  /** The memory given as `into` is the caller's again. */
  giveBack(): void {
    this.#incoming?.giveBack();
  }

  /** Drops a partial frame, and closes the descriptors that came with it. */
  close(): void {
    closeHandles(this.#incoming?.handles ?? []);
    this.#incoming = undefined;
  }

  #begin(slab: Uint8Array, request: FrameRequest): void {
    const [bytes, count] = details as unknown as [number, number];
    if (bytes === 0) throw new EOFError();
    const incoming = new IncomingFrame(request.isTransient);
    incoming.maxLength = request.maxLength;
    this.#incoming = incoming;
    incoming.handles = count < 0 ? undefined : Array.from(details.subarray(2, 2 + count));
    this.#guard(() => incoming.fill(slab.subarray(0, bytes)));
  }

  #continue(incoming: IncomingFrame, request: FrameRequest): Uint8Array | undefined {
    incoming.maxLength = request.maxLength;
    while (!incoming.isComplete) {
      if (incoming.length > request.maxLength) this.#refuse(incoming.length);
      incoming.useMemory(request.into);
      const { target, start, end } = incoming;
      const count = native.receive(this.#descriptor.fd, target, start, end);
      if (count === EAGAIN) return undefined;
      if (count < 0) throw systemError(count, 'recv');
      if (count === 0) {
        this.close();
        throw new CutOffError();
      }
      this.#guard(() => incoming.advance(count));
    }
    if (incoming.length > request.maxLength) this.#refuse(incoming.length);
    return this.#finish(incoming);
  }

  #finish(incoming: IncomingFrame): Uint8Array {
    this.#incoming = undefined;
    if (incoming.handles === undefined) {
      throw new ProcessError(
        'A message was lost: the descriptors that came with it could not be received. ' +
          'The likely cause is EMFILE, too many open files in this process (ulimit -n)',
      );
    }
    this.handles = incoming.handles;
    this.bodyIsOwn = true;
    return incoming.body;
  }

  #refuse(length: number): never {
    this.close();
    throw new BadLengthError(length);
  }

  #guard(step: () => void): void {
    try {
      step();
    } catch (error) {
      this.close();
      throw error;
    }
  }
}

/** Closes those descriptors that nobody has taken. */
export function closeHandles(handles: number[]): void {
  for (const handle of handles) if (handle >= 0) native.closeFd(handle);
  handles.length = 0;
}
