/**
 * The contract between TypeScript and the addon: every native function, with its units and the
 * errors it throws. TypeScript checks arguments before it calls; the addon only converts them.
 * A "system error" is an Error with `code`, negative `errno` and `syscall`, as Node's own.
 */
import { loadAddon } from './load.js';

/** Bits of `PollWatcher` and `waitReady`. */
export const READABLE = 1;
export const WRITABLE = 2;

/** Takes the exit code of one child, and tells it to another process at once. */
export interface ExitReporter {
  /** The exit code, or null while the child runs. Throws ECHILD when somebody else has taken it. */
  poll(): number | null;
  /** The stream socket to tell it on, as four bytes; -1: nowhere. The caller keeps it. */
  reportTo(socket: number): void;
}

export interface PollWatcher {
  /** Watches for `events`; `keepAlive`: whether the wait keeps the event loop running. */
  start(events: number, keepAlive: boolean): void;
  /** Changes whether the wait keeps the event loop running; no system call. */
  setKeepAlive(keepAlive: boolean): void;
  /** No callback comes any more until the next `start`. */
  stop(): void;
  /** Lets go of the descriptor, which the caller closes afterwards. Idempotent. */
  close(): void;
}

/** `receiveFrame`: the frame is not simply there in whole; `details` tell what was read. */
export const PARTIAL_FRAME = -4096;
/** The most descriptors that one frame carries. */
export const MAX_FDS = 253;

/** A segment of shared memory in this process. */
export interface MappedSegment {
  /** The memory itself: not copied, and valid until it is detached or collected. */
  readonly memory: ArrayBuffer;
  /** For `closeSegment`. */
  readonly mapping: object;
  readonly inode: number;
}

export interface NativeBinding {
  /**
   * `callback(status, events)`: status is 0 or a negative errno. Sets no O_NONBLOCK. Throws, EPERM
   * when the descriptor is that of a file. `reporter` is polled before the callback, and before any
   * other JavaScript.
   */
  PollWatcher: new (
    fd: number,
    callback: (status: number, events: number) => void,
    reporter?: ExitReporter,
  ) => PollWatcher;

  /** Of a child of this process; the caller keeps its pidfd. */
  ExitReporter: new (
    handle: number,
  ) => ExitReporter;

  // Sockets and frames. Those that return a number throw no system error: it is a count, or a
  // negative errno (-EAGAIN: it would have to wait). None sets O_NONBLOCK.

  /** Two connected stream sockets, CLOEXEC; `false`: only from the second to the first. Throws. */
  socketPair(duplex: boolean): [number, number];
  /** From now on this environment owns the descriptor (closed when it ends); made CLOEXEC. Throws. */
  adoptFd(fd: number): void;
  /** This environment no longer owns the descriptor. */
  disownFd(fd: number): void;
  /** A copy of the descriptor, CLOEXEC, owned by this environment. Throws. */
  duplicateFd(fd: number): number;
  /** Closes the descriptor; not found open is no error. */
  closeFd(fd: number): void;
  /**
   * Sends what is left of the frame with this body after `position` bytes, header included; bytes
   * sent. `shared`: other processes may write to this end: -EBUSY while one of them is in the
   * middle of a frame, -EOWNERDEAD when one died there and the end was shut down for writing.
   */
  sendFrame(fd: number, body: Uint8Array, position: number, shared: boolean): number;
  /** The beginning of a frame, with at most MAX_FDS descriptors; the rest by `sendFrame`. */
  sendFrameWithFds(fd: number, body: Uint8Array, fds: Int32Array, shared: boolean): number;
  /**
   * Reads one frame to `slab`, never a byte more: the length of the body, which starts at 4; or
   * PARTIAL_FRAME, and in `details` (2 + MAX_FDS items): bytes in the slab (0: end of file), count
   * of descriptors (-1: the kernel could not deliver them), descriptors, owned by this environment.
   */
  receiveFrame(fd: number, slab: Uint8Array, details: Int32Array): number;
  /**
   * As `receiveFrame`, but tries for up to `spinUs` microseconds, yielding the processor in
   * between, and before if `yieldFirst`; unless PARTIAL_FRAME, `details[0]` tells how many it took.
   */
  spinForFrame(
    fd: number,
    slab: Uint8Array,
    details: Int32Array,
    spinUs: number,
    yieldFirst: boolean,
  ): number;
  /** Reads what is there of `buffer[start..end)`; 0 is the end of file. */
  receive(fd: number, buffer: Uint8Array, start: number, end: number): number;
  /**
   * Blocks this thread for at most so many ms: those of `events` that hold (all, at an end of file
   * or error), 0 when the time is up, -EINTR when a signal came. fd -1 only waits.
   */
  waitReady(fd: number, events: number, timeoutMs: number): number;

  // Sockets that processes find each other by. Addresses are abstract names, without the leading NUL.

  /** Listens on a random name that nobody can guess. CLOEXEC, owned by this environment. Throws. */
  listen(): { fd: number; address: string };
  /**
   * The next connection, CLOEXEC, owned by this environment; or a negative errno: -EAGAIN when none
   * waits, -EMFILE or -ENFILE when there is no descriptor for it, and it waits on.
   */
  accept(fd: number): number;
  /**
   * A connection, CLOEXEC, owned by this environment; or a negative errno: -EAGAIN when too many wait
   * to be accepted, -ECONNREFUSED when nobody listens. Never waits.
   */
  connect(address: string): number;
  /** The process at the other end of a connection, as it was when it connected or listened. Throws. */
  peerCredentials(fd: number): { pid: number; uid: number; gid: number };

  // Stream sockets at addresses that a user names. A version is 0 for a path, or an abstract name with its NUL
  // in front; or 4 or 6, with a host ('' is any of this machine), which is looked up at once, and a port.

  /** Listens; its connections come by `accept`. CLOEXEC, owned by this environment. Throws. */
  listenAt(version: number, host: string, port: number, backlog: number): number;
  /**
   * A socket, CLOEXEC, owned by this environment, that is connected or about to be: `finishConnecting` once
   * it is writable; or a negative errno: -EAGAIN when too many wait to be accepted. Never waits.
   */
  startConnecting(version: number, host: string, port: number): number;
  /** 0, or the negative errno for which there is no connection. */
  finishConnecting(fd: number): number;
  /** Where the socket is, or its peer, in numbers; null for a local socket. Throws. */
  addressOf(fd: number, ofPeer: boolean): { host: string; port: number } | null;
  /**
   * A TCP peer that the network does not reach for so many ms counts as gone, after two seconds at least. Nothing to
   * other sockets.
   */
  limitSilence(fd: number, ms: number): void;
  /** Whether descriptors can travel through it. */
  isLocalSocket(fd: number): boolean;

  /** The number of a signal that came and whose JS listener has not run yet; 0 when there is none. */
  undispatchedSignal(): number;
  /**
   * Ignores a signal, which the children of a fork inherit; and `false`: what was in force before is so
   * again, in this process or such a child. A handler that was set in between stays. Main thread only.
   * Throws.
   */
  setSignalIgnored(signal: number, ignored: boolean): void;
  /** How many signals have been ignored so far. */
  ignoredSignals(): number;

  // Named shared memory. Names are without the leading slash; the errors have the name as `path`.

  /** A new segment, its memory reserved. Throws, EEXIST, ENOSPC, EFBIG (RLIMIT_FSIZE). */
  createSegment(name: string, size: number): MappedSegment;
  /** Throws, ENOENT, EACCES, EFBIG when it is larger than `maxSize`, ENODATA when it is empty. */
  openSegment(name: string, maxSize: number): MappedSegment;
  /** Detaches the memory, so that views of it have no length any more, and unmaps it. Idempotent. */
  closeSegment(memory: ArrayBuffer, mapping: object): void;
  /** Takes the name away. Throws, ENOENT. */
  unlinkSegment(name: string): void;

  // The resource tracker: a process that unlinks what the tree of processes leaves behind. One for all
  // threads of this process, and its forked children.

  /**
   * Has the segment unlinked at the end of the tree, if it has that inode. 0, or a negative errno:
   * -ESRCH when no tracker runs, -EPIPE when it has ended, with what it knew. Throws nothing.
   */
  trackSegment(name: string, inode: number): number;
  /** The segment is unlinked. Throws nothing. */
  forgetSegment(name: string): void;
  /**
   * Starts the tracker and waits until it listens: a program into which the addon is loaded. Does nothing
   * when one runs. Throws, EPIPE when it ends before.
   */
  startTracker(file: string, argv: readonly string[], environment: readonly string[]): void;
  /** The process with which the tree ends; this one, unless another was set. */
  setTreeRoot(pid: number): void;
  treeRoot(): number;
  /** The file of the addon. */
  addonPath(): string;

  // The arena: memory that all processes of one tree have in common. Offsets are in bytes, those of objects
  // behind their header; a word has 32 bits.

  /** The arena's descriptor, for a child that does not inherit it. Stays the process's. Throws. */
  arenaDescriptor(): number;
  /** The arena that the parent has sent; its descriptor is the process's then. False: there is one. */
  adoptArena(fd: number): boolean;
  /**
   * Makes this environment a participant, once. `arena` tells arenas apart, `owner` participants, in time,
   * too; `doorbell` is readable when it was rung. Throws, EUSERS when there are too many participants.
   */
  joinArena(): { arena: number; owner: number; doorbell: number };
  /** What this environment holds from now on when it ends, it leaves on purpose. */
  announceLeaving(): void;
  /** Whether the participant ended without having said that it would: it was killed. */
  hasOwnerDied(owner: number): boolean;
  /** Frees what belongs to participants that have ended. */
  sweepArena(): void;
  /**
   * An object of zeros, referred to by this environment; the memory begins with so many wait queues.
   * Throws, ENOMEM or ENOSPC when there is no room, ENOTRECOVERABLE when the arena is damaged.
   */
  allocateObject(bytes: number, type: number, queues: number): number;
  /** Tells the object from others that were or will be at the same place. */
  serialOfObject(offset: number): number;
  /**
   * This environment refers to the object, of which it was told in a message or by its parent in a fork:
   * that no longer counts. False: there is no such object.
   */
  attachObject(offset: number, serial: number, type: number): boolean;
  /** This environment no longer refers to the object. */
  detachObject(offset: number): void;
  /** A message that refers to the object sets off, and keeps it; or it will not arrive. */
  pinObject(offset: number): void;
  unpinObject(offset: number): void;
  /** As `pinObject`; but the message is the content of another object, and ends with that. */
  pinObjectFor(offset: number, keeper: number): void;
  /** The memory there, as far as the arena goes. */
  objectMemory(offset: number, bytes: number): ArrayBuffer;
  /** 0: the word is not `expected`, or somebody woke this thread; -ETIMEDOUT; -EINTR. */
  futexWait(offset: number, expected: number, timeoutMs: number): number;
  /** Wakes a thread and an event loop; or all. Whether this environment's loop is one, which is not rung. */
  wakeWaiters(queue: number, all: boolean): boolean;
  /** The doorbell is silent until it is rung again. */
  hearDoorbell(): void;
  /** Of the heap in the arena; `bytes` are those of its objects. */
  arenaUsage(): { objects: number; bytes: number; freeBlocks: number };

  // Processes.

  /** Bytes that all threads of this process have in common, and its forked children; null: none yet. */
  sharedRecord(): Uint8Array | null;
  /** No bytes: null again. */
  setSharedRecord(bytes: Uint8Array): void;

  /** Undefined, or the error that tells what a safe fork lacks here. */
  forkSupport(): Error | undefined;
  /**
   * Forks at the next safepoint of the event loop; the callback runs there, on both sides, `pid` being
   * 0 in the child. `handle`: a pidfd, CLOEXEC, the caller's. `busyThreads`: threads of this process
   * that were not parked. `withHelpers`: V8's helper threads come along where that is possible.
   * `diesWithParent`: the kernel kills the child when this process ends. `inspectorPort`: where the inspector
   * listens, 0 where it does not; `inspectorEnded`: the child has none of its connections. Main thread only.
   */
  fork(
    withHelpers: boolean,
    diesWithParent: boolean,
    inspectorPort: number,
    callback: (
      error: Error | null,
      pid: number,
      handle: number,
      busyThreads: number,
      inspectorEnded: boolean,
    ) => void,
  ): void;
  /** Forked child: signals come, also those that came since the fork. Until then they are blocked. */
  unblockSignals(): void;
  /** Forked child: `process._getActiveHandles()` also lists unreferenced ones; and undone again. */
  revealHandles(): void;
  concealHandles(): void;
  /** Forked child: whether requests of the parent still keep the event loop alive. */
  hasRequests(): boolean;
  /** Forked child: requests of the parent no longer keep the event loop alive. */
  forgetRequests(): void;
  /** Whether anything is left in the event loop to wait for. */
  loopIsAlive(): boolean;
  /**
   * Starts a program, with `channel` as its descriptor 3 and nothing else inherited but 1 and 2.
   * `handle`: a pidfd, CLOEXEC, the caller's. Throws.
   */
  spawn(
    file: string,
    argv: readonly string[],
    environment: readonly string[],
    channel: number,
  ): { pid: number; handle: number };
  /** A pidfd, CLOEXEC, the caller's. Throws, ESRCH when there is no such process. */
  openProcessHandle(pid: number): number;
  /**
   * Takes the exit code of a child (minus the signal that killed it), null while it runs. Throws, ECHILD
   * when it is taken already, or the process is no child.
   */
  tryReap(handle: number): number | null;
  /**
   * What the kernel tells of any process, child or not: its exit code (minus the signal); null while it
   * runs. Undefined: its parent has reaped it, and this kernel does not tell any more (before Linux 6.15;
   * 6.13 and 6.14 say null then). Throws.
   */
  exitCodeOf(handle: number): number | null | undefined;
  /** Sends a signal by number; false when the process has ended. Throws. */
  sendSignal(handle: number, signal: number): boolean;
  /**
   * From now on this process gets SIGKILL when the process of the handle ends, even while its
   * JavaScript is busy; at once if it has ended. A forked child no longer dies with its parent then.
   * The handle stays the caller's. Not inherited by a fork. Main thread only. Throws.
   */
  dieWithProcess(handle: number): void;
  /**
   * A forked child no longer dies with its parent; any process gets a session of its own, out of reach
   * of the parent's terminal. Throws, EPERM when it leads a process group. Main thread only.
   */
  outliveParent(): void;
  /** The pid, from the system. */
  pid(): number;
  /** The effective user id. */
  userId(): number;
  /** Ends this process at once: no exit listener runs, nothing is flushed. */
  exitNow(code: number): void;
  /**
   * Once, for a child that has ended: a handle, for `tryReap`, of the process that frees its memory, which
   * is a child of this process; -1 when it has none.
   */
  takeUndertakerOf(pid: number): number;
  /** Whether the process sleeps, and no signal is on its way to it; `handle` is its. */
  isUndisturbed(pid: number, handle: number): boolean;
  /** Writes all the bytes, waiting while the descriptor is full. Throws. */
  writeAll(fd: number, bytes: Uint8Array): void;
  /** Random bytes of the system. Throws. */
  fillRandom(bytes: Uint8Array): void;
  /**
   * Descriptors 1 and 2 become copies of these; -1: of /dev/null, as Node opens it where one is
   * closed. CLOEXEC, as Node has them. Throws.
   */
  redirectOutput(out: number, err: number): void;
  /** Standard input becomes /dev/null. Throws. */
  detachStandardInput(): void;
}

export const native: NativeBinding = loadAddon() as NativeBinding;
