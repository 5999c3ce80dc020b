import { constants } from 'node:buffer';
import { inspect } from 'node:util';
import { ClosedError } from '../errors.js';
import { forgetSegment, trackSegment } from '../lifecycle/resource-tracker.js';
import { type MappedSegment, native } from '../native/binding.js';
import { randomBytes } from '../native/random.js';
import type { SystemError } from '../native/system-error.js';
import { registerReducer } from '../serialization/codec.js';
import {
  outOfRange,
  validateBoolean,
  validateInteger,
  validateOptions,
  validateString,
} from '../validate.js';

export interface SharedMemoryOptions {
  /** The name of the segment. Default: a random one such as `psm_1a2b3c4d`, where it is created. */
  readonly name?: string;
  /** Whether to create the segment, instead of attaching to one that exists. Default `false`. */
  readonly create?: boolean;
  /** Bytes. Needed to create one; ignored when attaching, since it has a size then. */
  readonly size?: number;
  /**
   * Whether a segment that is created here is unlinked at the end of the program, should nobody have
   * done so. Default `true`. What is attached to is never unlinked but by `unlink()`.
   */
  readonly track?: boolean;
}

/**
 * Memory with a name, that processes share: those of this package, and Python's.
 *
 * The process that creates it is in charge of it, and calls `unlink()` when nobody will attach any
 * more; every process calls `close()` for its own use. If the program ends without `unlink()`,
 * however it ends, killed included, the segment is unlinked then, with a warning on standard error.
 * The program ends with its first process: one that a child has created outlives the child.
 *
 * Sent to another process, as an argument, in a closure or in a message, it travels as its name:
 * the other side attaches. Its `buf` alone travels as a copy of the bytes.
 *
 * @example
 * const shm = new SharedMemory({ create: true, size: 4096 });
 * new Float64Array(shm.buf.buffer)[0] = 0.5;
 *
 * @see Python: `multiprocessing.shared_memory.SharedMemory`; differs: attaching never has the
 * segment destroyed; memory is reserved when it is created, so that a lack of it is an error there.
 * @see shm_overview(7)
 */
export class SharedMemory implements Disposable {
  readonly #name: string;
  readonly #size: number;
  readonly #mapping: object;
  // Gone once closed.
  #buf: Buffer | undefined;

  /**
   * Creates a segment, or attaches to one.
   * @throws RangeError ERR_OUT_OF_RANGE: a size that is not positive where it is created; a name that
   * is empty, or has a slash or a NUL in it; no name where it is not created.
   * @throws A system error that has the name as `path`: EEXIST, ENOENT, EACCES; ENOSPC when `/dev/shm`
   * has no room; EFBIG when it is larger than a Buffer, or than a limit of this process; ENODATA when
   * it is empty, as it is for a moment while another process creates it.
   * @throws {ProcessError} ERR_MP_PROCESS: the end of the program cannot be watched; see `track`.
   */
  constructor(options?: SharedMemoryOptions) {
    const { name, create, size, track } = normalizeOptions(options);
    const segment = create ? createSegment(name, size) : openSegment(name);
    this.#name = segment.name;
    this.#size = segment.memory.byteLength;
    this.#mapping = segment.mapping;
    this.#buf = Buffer.from(segment.memory);
    if (create && track) this.#track(segment.inode);
  }

  /** The name, without the slash that the system has before it. */
  get name(): string {
    return this.#name;
  }

  /** Bytes; still there when it is closed. */
  get size(): number {
    return this.#size;
  }

  /**
   * The memory itself: what is written here is there for all. It begins at a page, so `buf.buffer` can
   * be viewed as any typed array. There are no locks: processes that write at once need one. Views have
   * no bytes any more once this is closed.
   *
   * A process that shrinks the segment, which this package does not do, lets the others die of SIGBUS
   * when they use what is gone.
   * @throws {ClosedError} ERR_MP_CLOSED
   */
  get buf(): Buffer {
    if (this.#buf === undefined) throw new ClosedError(`${inspect(this)} is closed`);
    return this.#buf;
  }

  /**
   * Ends the use of the memory by this object. The segment stays, for others and under its name.
   * Views of `buf` become empty. Nothing of Node's that works in the background, such as
   * `fs.write(…)`, may be using them. Idempotent; not needed before the end of the process.
   * @see Python: `SharedMemory.close`; differs: views do not prevent it.
   */
  close(): void {
    if (this.#buf === undefined) return;
    native.closeSegment(this.#buf.buffer as ArrayBuffer, this.#mapping);
    this.#buf = undefined;
  }

  /**
   * Takes the name away, so that nobody can attach any more; the memory is free when the last process
   * has closed it. To be called once, by any process, before or after `close()`.
   * @throws A system error ENOENT when there is no segment of the name, as in a second call.
   * @see Python: `SharedMemory.unlink`
   */
  unlink(): void {
    native.unlinkSegment(this.#name);
    forgetSegment(this.#name);
  }

  /** `close()`, not `unlink()`. */
  [Symbol.dispose](): void {
    this.close();
  }

  [inspect.custom](): string {
    return `${this.constructor.name}('${this.#name}', size=${this.#size})`;
  }

  #track(inode: number): void {
    try {
      trackSegment(this.#name, inode);
    } catch (error) {
      this.close();
      native.unlinkSegment(this.#name);
      throw error;
    }
  }
}

interface NormalOptions extends Required<Omit<SharedMemoryOptions, 'name'>> {
  readonly name: string | undefined;
}

function normalizeOptions(options: SharedMemoryOptions | undefined): NormalOptions {
  const { name, create = false, size = 0, track = true } = validateOptions(options);
  validateBoolean('create', create);
  validateBoolean('track', track);
  validateInteger('size', size, { max: Number.MAX_SAFE_INTEGER });
  if (create) validateInteger('size', size, { min: 1, max: constants.MAX_LENGTH });
  return { name: name === undefined ? undefined : validateName(name), create, size, track };
}

function validateName(name: unknown): string {
  const valid = validateString('name', name);
  if (valid !== '' && !/[/\0]/.test(valid)) return valid;
  throw outOfRange('name', 'a name without a slash or a NUL, and not empty', name);
}

type NamedSegment = MappedSegment & { readonly name: string };

function createSegment(name: string | undefined, size: number): NamedSegment {
  for (;;) {
    const chosen = name ?? randomName();
    try {
      return { name: chosen, ...native.createSegment(chosen, size) };
    } catch (error) {
      const isTaken = (error as SystemError).code === 'EEXIST';
      if (!isTaken || name !== undefined) throw explained(error, `${size} bytes`);
    }
  }
}

/** As CPython's: names of more than 14 characters do not work on every system. */
function randomName(): string {
  return `psm_${randomBytes(4).toString('hex')}`;
}

function openSegment(name: string | undefined): NamedSegment {
  if (name === undefined) throw outOfRange('name', 'a name unless `create` is true', name);
  try {
    return { name, ...native.openSegment(name, constants.MAX_LENGTH) };
  } catch (error) {
    throw explained(error, whyNotOpened[(error as SystemError).code]);
  }
}

const whyNotOpened: Readonly<Record<string, string>> = {
  EFBIG: `it is larger than a Buffer may be here, ${constants.MAX_LENGTH} bytes`,
  ENODATA: 'it is empty, as it is for a moment while it is created',
};

function explained(error: unknown, why: string | undefined): unknown {
  if (error instanceof Error && why !== undefined) error.message += `: ${why}`;
  return error;
}

registerReducer<SharedMemory, string>(
  SharedMemory,
  {
    reduce(shm) {
      // What is closed is not passed on.
      void shm.buf;
      return shm.name;
    },
    rebuild: (name, _, Class) => Reflect.construct(SharedMemory, [{ name }], Class),
  },
  { name: 'SharedMemory' },
);
