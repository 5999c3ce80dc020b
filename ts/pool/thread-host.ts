/** Workers that are worker_threads of this process. */
import type { Worker as Thread } from 'node:worker_threads';
import { native } from '../native/binding.js';
import { threadMain } from '../package-root.js';
import { encodeWithModules, undoAll } from '../serialization/pickle.js';
import type { HostEnd, WorkerHost } from './host.js';
import type { WorkerBriefing } from './worker-loop.js';

/** What a thread finds as its `workerData`. */
export interface ThreadData {
  readonly modules: readonly string[];
  /** A WorkerBriefing, encoded. */
  readonly message: Uint8Array;
  /** Descriptors, which belong to the thread. */
  readonly handles: readonly number[];
}

export class ThreadHost implements WorkerHost {
  onEnd: (end: HostEnd | { readonly error: unknown }) => void = () => {};
  readonly #name: string;
  readonly #briefing: WorkerBriefing;
  #thread: Thread | undefined;
  #isUnwanted = false;
  #isHeld = false;
  #failure: { readonly error: unknown } | undefined;

  constructor(name: string, briefing: WorkerBriefing) {
    this.#name = name;
    this.#briefing = briefing;
  }

  get pid(): number {
    return this.#thread === undefined ? 0 : process.pid;
  }

  start(): void {
    this.#start().catch((error) => this.onEnd({ error }));
  }

  async #start(): Promise<void> {
    const { modules, message, handles, undo } = await encodeWithModules(this.#briefing);
    const copies = handles.map((fd) => native.duplicateFd(fd));
    const data: ThreadData = { modules, message, handles: copies };
    const { Worker } = process.getBuiltinModule('node:worker_threads');
    try {
      this.#thread = new Worker(threadMain, { workerData: data, name: this.#name });
    } catch (error) {
      for (const fd of copies) native.closeFd(fd);
      undoAll(undo);
      throw error;
    }
    this.#thread.on('error', (error) => {
      this.#failure = { error };
    });
    this.#thread.on('exit', (exitCode) => this.#ended(exitCode));
    if (!this.#isHeld) this.#thread.unref();
    if (this.#isUnwanted) void this.#thread.terminate();
  }

  terminate(): void {
    this.#isUnwanted = true;
    void this.#thread?.terminate();
  }

  hold(): void {
    this.#isHeld = true;
    this.#thread?.ref();
  }

  #ended(exitCode: number): void {
    this.onEnd(this.#failure ?? { pid: process.pid, exitCode });
  }
}
