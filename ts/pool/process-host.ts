/** Workers that are processes. */

import type { Launcher } from '../process/launcher.js';
import { registerOwnClass } from '../process/own-classes.js';
import { Process } from '../process/process.js';
import { stateOf } from '../process/process-state.js';
import { witnessErrors } from '../process/stdio.js';
import type { HostEnd, WorkerHost } from './host.js';
import { type WorkerBriefing, WorkerLoop } from './worker-loop.js';

/** How a worker may be started: as processes of a class are. */
export type ProcessClass = new (...args: never[]) => Process;

/** Between SIGTERM and SIGKILL. */
const GRACE_MS = 1000;

interface Upbringing {
  readonly launcher: () => Launcher;
  readonly onEnd: (exitCode: number) => void;
}

const upbringings = new WeakMap<PoolWorker, Upbringing>();

/** A worker of a pool. Daemonic, but it may have children: they end with it, whatever ends it. */
class PoolWorker extends Process<[WorkerBriefing]> {
  constructor(name: string, briefing: WorkerBriefing, upbringing: Upbringing) {
    super({ name, daemon: true, args: [briefing] });
    stateOf(this).nests = true;
    upbringings.set(this, upbringing);
  }

  /** @internal */
  override launcher(): Launcher {
    return upbringings.get(this)!.launcher();
  }

  /** @internal */
  override ended(exitCode: number): void {
    upbringings.get(this)!.onEnd(exitCode);
  }

  override async run(): Promise<never> {
    // Ctrl-C reaches the whole group; it is the pool's process that has to say what becomes of this one.
    process.on('SIGINT', () => {});
    const [briefing] = stateOf(this).args as [WorkerBriefing];
    witnessErrors((chunk) => briefing.tail.append(chunk));
    const wasFit = await new WorkerLoop(briefing).run();
    // Whatever a task has left in the event loop does not keep the worker.
    process.exit(wasFit ? 0 : 1);
  }
}

registerOwnClass('PoolWorker', PoolWorker);

export class ProcessHost implements WorkerHost {
  onEnd: (end: HostEnd | { readonly error: unknown }) => void = () => {};
  readonly #worker: PoolWorker;
  #started: Promise<void> | undefined;
  #hasEnded = false;
  #grace: NodeJS.Timeout | undefined;

  constructor(name: string, briefing: WorkerBriefing, launcher: () => Launcher) {
    this.#worker = new PoolWorker(name, briefing, {
      launcher,
      onEnd: (exitCode) => this.#end({ pid: this.pid, exitCode }),
    });
  }

  get pid(): number {
    return this.#worker.pid ?? 0;
  }

  start(): void {
    this.#started = this.#worker.start();
    this.#started.catch((error) => this.#end({ error }));
  }

  terminate(): void {
    this.#whenStarted(() => {
      this.#worker.terminate();
      this.#grace ??= setTimeout(() => this.#worker.kill(), GRACE_MS);
    });
  }

  hold(): void {
    this.#whenStarted(() => this.#worker.join().catch(() => {}));
  }

  #whenStarted(action: () => void): void {
    if (this.pid !== 0) this.#unlessEnded(action);
    else this.#started?.then(() => this.#unlessEnded(action)).catch(() => {});
  }

  #unlessEnded(action: () => void): void {
    if (!this.#hasEnded) action();
  }

  #end(end: HostEnd | { readonly error: unknown }): void {
    this.#hasEnded = true;
    clearTimeout(this.#grace);
    // Not from within the doings of the process object.
    queueMicrotask(() => {
      if ('exitCode' in end) this.#worker.close();
      this.onEnd(end);
    });
  }
}
