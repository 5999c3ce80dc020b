/** The pool's side of one worker: what it has been given, and what comes back. */
import { TimeoutError } from '../errors.js';
import { debug } from '../logging/emit.js';
import { dropFrame, type Frame, Ring } from '../rings/ring.js';
import type { LooseFrame } from '../rings/ring-memory.js';
import { decode, type Undo, undoAll } from '../serialization/pickle.js';
import { Alarm, deadlineAfter } from '../time.js';
import type { Connection } from '../transport/connection.js';
import { Pipe } from '../transport/pipe.js';
import { FOR_EVER } from '../transport/wait-options.js';
import { BASE, BY_SOCKET, FromWorker, OVERSIZE, TELL, ToWorker } from './frames.js';
import type { FunctionRecord } from './functions.js';
import type { HostEnd, WorkerHost } from './host.js';
import type { Job, Part } from './job.js';
import { StderrTail } from './stderr-tail.js';
import { conclude, encodePart, type LooseTask, type Task } from './task.js';
import { lossOf } from './worker-end.js';
import type { WorkerBriefing } from './worker-loop.js';

const RING_BYTES = 256 * 1024;

/** A worker is given tasks ahead that take no longer than this, so that it never waits for the next. */
const AHEAD_US = 4000;
const MOST_AHEAD = 512;
/** How much the latest task counts in the average. */
const WEIGHT = 0.2;

export interface WorkerOwner {
  /** The worker has room for tasks, or has become idle. */
  onRoom(worker: Worker): void;
  /** The worker has ended, or could not be started. `failure`: why it was never ready. */
  onEnd(worker: Worker, loose: LooseTask[], failure: { readonly error: unknown } | undefined): void;
  /** Tasks that it was not to have after all. */
  onLoose(loose: LooseTask[]): void;
  /** It has grown too large, and is to be retired. */
  onOversize(worker: Worker): void;
}

export type HostMaker = (
  briefing: Pick<WorkerBriefing, 'tasks' | 'results' | 'socket' | 'tail'>,
) => WorkerHost;

let lastTaskId = 0;

export class Worker {
  readonly #owner: WorkerOwner;
  readonly #host: WorkerHost;
  readonly #tasks = Ring.create(RING_BYTES);
  readonly #results = Ring.create(RING_BYTES);
  readonly #tail = new StderrTail();
  readonly #socket: Connection;
  readonly #itsSocket: Connection;
  readonly #outstanding = new Map<number, Task>();
  /** What it knows of the functions, with what to call if it has not got to that. */
  readonly #defined = new Map<number, Undo[]>();
  readonly #maxTasks: number;
  #state: 'starting' | 'ready' | 'leaving' | 'ended' = 'starting';
  #failure: { readonly error: unknown } | undefined;
  #isListening = false;
  #awaitsRoom = false;
  #isWanted = false;
  #done = 0;
  #averageUs = -1;
  #hasNews = false;

  constructor(owner: WorkerOwner, makeHost: HostMaker, maxTasks: number) {
    this.#owner = owner;
    this.#maxTasks = maxTasks;
    [this.#socket, this.#itsSocket] = Pipe();
    this.#host = makeHost({
      tasks: this.#tasks,
      results: this.#results,
      socket: this.#itsSocket,
      tail: this.#tail,
    });
    this.#host.onEnd = (end) => this.#ended(end);
    this.#host.start();
  }

  get pid(): number {
    return this.#host.pid;
  }

  get isIdle(): boolean {
    return this.#outstanding.size === 0;
  }

  /** How many tasks it has that it has not begun, at least. */
  get ahead(): number {
    return Math.max(0, this.#outstanding.size - 1);
  }

  /** How many tasks it may be given now. */
  get room(): number {
    if (this.#state !== 'ready') return 0;
    const ahead = this.#averageUs < 0 ? 1 : 1 + AHEAD_US / (this.#averageUs + 1);
    const most = Math.min(MOST_AHEAD, ahead, this.#maxTasks - this.#done);
    return Math.floor(most) - this.#outstanding.size;
  }

  /** It has done as many tasks as it may have. */
  get isSpent(): boolean {
    return this.#state === 'ready' && this.#done >= this.#maxTasks;
  }

  /** Somebody waits for it to be ready: that keeps the event loop alive. */
  want(): void {
    this.#isWanted = true;
    this.#listen();
  }

  /**
   * Gives it a part of a job. One that cannot be encoded is rejected.
   * @returns False when it cannot take it now.
   */
  give(job: Job, part: Part): boolean {
    const handles: number[] = [];
    const undo: Undo[] = [];
    try {
      if (!this.#define(job.record)) return false;
      const { tag, bytes } = encodePart(part, handles, undo);
      const task = { id: ++lastTaskId | 0, job, part, undo, isUnwanted: false, alarm: undefined };
      const sent =
        handles.length === 0
          ? this.#write(task, tag, bytes)
          : this.#sendBySocket(task, bytes, handles);
      if (!sent) {
        undoAll(undo);
        this.#awaitRoom(bytes.length);
      }
      return sent;
    } catch (error) {
      undoAll(undo);
      job.reject(part.index, error);
      return true;
    }
  }

  /** Gives it a task that was taken from another one. False: not now. */
  adopt({ task, frame }: LooseTask): boolean {
    if (!this.#define(task.job.record)) return false;
    if (this.#tasks.rewrite(frame)) {
      this.#keep(task);
      return true;
    }
    this.#awaitRoom(frame.payload.length);
    return false;
  }

  /** Tells it of what it was given. */
  flush(): void {
    if (!this.#hasNews) return;
    this.#hasNews = false;
    this.#tasks.flush();
  }

  /** Takes tasks back that it has not begun. */
  revoke(isWanted: (task: Task) => boolean, max?: number): LooseTask[] {
    const frames = this.#tasks.revoke((tag, id) => {
      const task =
        tag >= ToWorker.CALL && (tag & BY_SOCKET) === 0 ? this.#outstanding.get(id) : undefined;
      return task !== undefined && isWanted(task);
    }, max);
    return frames.map((frame) => {
      const task = this.#outstanding.get(frame.id)!;
      this.#outstanding.delete(frame.id);
      return { task, frame };
    });
  }

  /** The tasks that it has, oldest first. */
  get tasks(): Iterable<Task> {
    return this.#outstanding.values();
  }

  forget(functionId: number): void {
    if (this.#defined.delete(functionId)) this.#tasks.write(ToWorker.FORGET, functionId, NOTHING);
  }

  /** It gets no more tasks, and ends when it has done those that it has. */
  retire(): void {
    if (this.#state === 'ended') return;
    if (this.#state === 'starting') {
      this.#host.terminate();
    } else if (this.#state === 'ready') {
      this.#sendStop();
    }
    this.#state = 'leaving';
    this.#host.hold();
    this.#listen();
  }

  // The ring may be full of tasks that were revoked: the worker passes over them.
  #sendStop(): void {
    if (this.#tasks.write(ToWorker.STOP, 0, NOTHING)) {
      this.#tasks.flush();
      return;
    }
    this.#tasks.roomFor(NOTHING.length, FOR_EVER).then(
      () => this.#sendStop(),
      // Closed: the worker has ended.
      () => {},
    );
  }

  /**
   * The task is not wanted any more. If it runs, the worker is asked to end, unless the task itself ends
   * upon that; nothing else is in it then.
   */
  stop(task: Task): LooseTask[] {
    task.isUnwanted = true;
    const loose = this.revoke(() => true);
    this.drain();
    if (this.#outstanding.has(task.id)) {
      this.#host.terminate();
      this.retire();
    }
    return loose;
  }

  terminate(): void {
    if (this.#state === 'ended') return;
    this.#state = 'leaving';
    this.#host.hold();
    this.#host.terminate();
  }

  /** Takes what has come back. */
  drain(): void {
    while (this.#results.take((frame) => this.#receive(frame)) !== undefined);
  }

  #write(task: Task, tag: number, bytes: Uint8Array): boolean {
    const tell = task.job.timeout === undefined ? 0 : TELL;
    if (!this.#tasks.write(tag | tell, task.id, bytes, task.job.record.id)) return false;
    this.#keep(task);
    return true;
  }

  // It could not be taken back from the socket: it is the only one then.
  #sendBySocket(task: Task, bytes: Uint8Array, handles: readonly number[]): boolean {
    if (!this.isIdle || !this.#write(task, task.part.tag | BY_SOCKET, NOTHING)) return false;
    this.#socket.sendFrame(Buffer.from(bytes), handles).catch(() => {});
    return true;
  }

  #keep(task: Task): void {
    this.#outstanding.set(task.id, task);
    this.#hasNews = true;
    this.#listen();
  }

  #define(record: FunctionRecord): boolean {
    if (this.#defined.has(record.id)) return true;
    const { bytes, undo } = record.again?.() ?? { bytes: record.bytes, undo: [] };
    if (this.#tasks.write(ToWorker.DEFINE, record.id, bytes)) {
      this.#defined.set(record.id, undo);
      return true;
    }
    undoAll(undo);
    this.#awaitRoom(bytes.length);
    return false;
  }

  // It comes also by frames that were revoked, which no result tells of.
  #awaitRoom(bytes: number): void {
    if (this.#awaitsRoom) return;
    this.#awaitsRoom = true;
    this.#tasks.roomFor(bytes, FOR_EVER).then(
      () => {
        this.#awaitsRoom = false;
        this.#owner.onRoom(this);
      },
      // Closed: the worker has ended.
      () => {},
    );
  }

  #receive({ tag, id, note, payload }: Frame): true {
    const base = tag & BASE;
    if (base === FromWorker.READY) this.#becomeReady();
    else if (base === FromWorker.UNFIT) this.#failure = { error: decode(payload) };
    else if (base === FromWorker.STARTED) this.#begin(id);
    else this.#settle(tag, id, note, payload);
    return true;
  }

  #becomeReady(): void {
    if (this.#state === 'starting') this.#state = 'ready';
    this.#itsSocket.close();
    this.#owner.onRoom(this);
  }

  #begin(id: number): void {
    const task = this.#outstanding.get(id);
    if (task === undefined) return;
    task.alarm = new Alarm(deadlineAfter(task.job.timeout), () => this.#expire(task));
  }

  #expire(task: Task): void {
    const error = new TimeoutError(`The task took longer than ${task.job.timeout} ms`);
    const loose = this.stop(task);
    task.job.reject(task.part.index, error);
    this.#owner.onLoose(loose);
  }

  #settle(tag: number, id: number, note: number, payload: Uint8Array): void {
    const task = this.#outstanding.get(id)!;
    this.#averageUs =
      this.#averageUs < 0 ? note : this.#averageUs + WEIGHT * (note - this.#averageUs);
    if ((tag & BY_SOCKET) !== 0) {
      this.#receiveBySocket(task);
      return;
    }
    this.#complete(task, () => conclude(task, tag & BASE, payload));
    if ((tag & OVERSIZE) !== 0) this.#owner.onOversize(this);
    else this.#owner.onRoom(this);
  }

  #receiveBySocket(task: Task): void {
    this.#socket.recvFrame().then(
      ({ body, handles }) => {
        this.#complete(task, () => task.job.resolve(task.part.index, decode(body, { handles })));
        this.#owner.onRoom(this);
      },
      // The worker has ended: that tells.
      () => {},
    );
  }

  #complete(task: Task, settle: () => void): void {
    this.#outstanding.delete(task.id);
    this.#done++;
    task.alarm?.clear();
    if (task.isUnwanted) return;
    try {
      settle();
    } catch (error) {
      // What came cannot be decoded: only this task fails.
      task.job.reject(task.part.index, error);
    }
  }

  get #isAwaited(): boolean {
    if (this.#state === 'starting') return this.#isWanted;
    return this.#outstanding.size > 0;
  }

  #listen(): void {
    if (this.#isListening || !this.#isAwaited) return;
    this.#isListening = true;
    const isEnough = () => {
      this.drain();
      return !this.#isAwaited;
    };
    this.#results.readable(FOR_EVER, isEnough).then(
      () => {
        this.#isListening = false;
        this.#listen();
      },
      // Closed: the worker has ended.
      () => {},
    );
  }

  #ended(end: HostEnd | { readonly error: unknown }): void {
    if ('exitCode' in end) {
      debug('cleaning up worker %d', end.pid);
      this.drain();
    }
    const wasReady = this.#state !== 'starting';
    this.#state = 'ended';
    const loose = this.revoke(() => true);
    const lost = lossOf(end, this.#tail.read());
    for (const task of this.#outstanding.values()) this.#lose(task, lost);
    this.#outstanding.clear();
    for (const { id } of this.#unreadDefinitions()) undoAll(this.#defined.get(id) ?? []);
    for (const owned of [this.#tasks, this.#results, this.#tail, this.#socket, this.#itsSocket])
      owned.close();
    this.#owner.onEnd(this, loose, wasReady ? undefined : (this.#failure ?? { error: lost }));
  }

  #unreadDefinitions(): LooseFrame[] {
    const unread: LooseFrame[] = this.#tasks.revoke((tag) => tag === ToWorker.DEFINE);
    for (const frame of unread) dropFrame(frame);
    return unread;
  }

  #lose(task: Task, error: unknown): void {
    task.alarm?.clear();
    if (!task.isUnwanted) task.job.reject(task.part.index, error);
  }
}

const NOTHING = new Uint8Array(0);
