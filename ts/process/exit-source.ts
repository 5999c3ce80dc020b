/** Who tells the exit code of a child: the kernel, when it is our own; or the forkserver. */
import { type ExitReporter, native, READABLE } from '../native/binding.js';
import { EAGAIN, EINTR } from '../native/system-error.js';
import { isReady } from '../native/wait-sync.js';
import { type Deadline, deadlineAfter, timeLeft } from '../time.js';
import { awaitUndertakerOf } from './undertakers.js';

/** Reported for a child whose exit code nobody can tell any more. */
export const UNKNOWN_EXIT_CODE = 255;

export interface ExitSource {
  /** The descriptor that becomes readable when `poll` may have news. It may change with a poll. */
  readonly watched: number;
  /** To be polled before any JavaScript when `watched` is readable. */
  readonly reporter: ExitReporter | undefined;
  /** The exit code, or null while the child runs. */
  poll(): number | null;
  /** To be called once, when the exit code is known and has been told. */
  settled(): void;
  close(): void;
}

/** A child of this process. The kernel tells its exit code once. */
export class OwnChildExit implements ExitSource {
  readonly watched: number;
  readonly reporter: ExitReporter | undefined;
  readonly #pid: number;

  /** The caller keeps the descriptor. `reporter`: tells somebody else as well. */
  constructor(handle: number, pid: number, reporter: ExitReporter | undefined) {
    this.watched = handle;
    this.reporter = reporter;
    this.#pid = pid;
  }

  poll(): number | null {
    try {
      return this.reporter === undefined ? native.tryReap(this.watched) : this.reporter.poll();
    } catch (error) {
      // Another part of the program has taken it.
      if ((error as NodeJS.ErrnoException).code === 'ECHILD') return UNKNOWN_EXIT_CODE;
      throw error;
    }
  }

  settled(): void {
    awaitUndertakerOf(this.#pid);
  }

  close(): void {}
}

// The kernel may be asked at a moment between two answers.
const PATIENCE_MS = 50;

/** Of a container. */
const FIRST_PID = 1;

/**
 * A child of the forkserver, which sends its exit code over a socket. When the server has died, the
 * kernel is asked. It knows until the new parent of the child, the system's first process, has reaped it;
 * new ones remember for as long as somebody holds a pidfd.
 */
export class ServedChildExit implements ExitSource {
  readonly reporter = undefined;
  readonly #handle: number;
  #status: number;
  #deadline: Deadline | undefined;

  /** Takes `status` over; the caller keeps the pidfd `handle`. */
  constructor(handle: number, status: number) {
    this.#handle = handle;
    this.#status = status;
    native.adoptFd(status);
  }

  get watched(): number {
    return this.#status >= 0 ? this.#status : this.#handle;
  }

  poll(): number | null {
    if (this.#status < 0) return this.#askKernel();
    const exitCode = new Int32Array(1);
    const bytes = new Uint8Array(exitCode.buffer);
    const received = native.receive(this.#status, bytes, 0, bytes.length);
    if (received === EAGAIN || received === EINTR) return null;
    this.close();
    return received === bytes.length ? exitCode[0]! : this.#askKernel();
  }

  settled(): void {}

  close(): void {
    if (this.#status >= 0) native.closeFd(this.#status);
    this.#status = -1;
  }

  #askKernel(): number | null {
    if (!isReady(this.#handle, READABLE)) return null;
    const exitCode = this.#reapAdopted() ?? this.#toldByKernel();
    if (exitCode !== null) return exitCode ?? UNKNOWN_EXIT_CODE;
    this.#deadline ??= deadlineAfter(PATIENCE_MS);
    if (timeLeft(this.#deadline) === 0) return UNKNOWN_EXIT_CODE;
    // Asked again at once, since the handle stays readable: not without a pause.
    native.waitReady(-1, 0, 1);
    return null;
  }

  #toldByKernel(): number | null | undefined {
    const exitCode = native.exitCodeOf(this.#handle);
    // A server that is dying closes its sockets first, and gives its children away after that: they are
    // ours in a moment.
    const isAdopter = process.pid === FIRST_PID;
    return isAdopter && exitCode !== null ? (this.#awaitAdoption() ?? exitCode) : exitCode;
  }

  #awaitAdoption(): number | undefined {
    const deadline = deadlineAfter(PATIENCE_MS);
    for (;;) {
      const exitCode = this.#reapAdopted();
      if (exitCode !== undefined || timeLeft(deadline) === 0) return exitCode;
      native.waitReady(-1, 0, 1);
    }
  }

  // Where this process is the first one of a container, the orphans of the server are its children.
  #reapAdopted(): number | undefined {
    try {
      return native.tryReap(this.#handle) ?? undefined;
    } catch {
      return undefined;
    }
  }
}
