/** Workers that are worker_threads of this process. */
import type { Worker as Thread } from 'node:worker_threads';
import { threadMain } from '../package-root.js';
import { startThread } from '../threads/thread-start.js';
import type { HostEnd, WorkerHost } from './host.js';
import type { WorkerBriefing } from './worker-loop.js';

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
    this.#thread = await startThread(threadMain, this.#name, this.#briefing);
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
