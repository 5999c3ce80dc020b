/** A start method, as seen by a process that is being started. */
import type { ChildConfig, StartMethod } from './this-process.js';

/** What is to run in the child. */
export interface Runnable {
  readonly name: string;
  /** Runs the process's work in the child, which ends when it has settled. */
  run(): unknown;
  /** Called in the parent, once, when the child has ended. */
  ended?(exitCode: number): void;
}

/** What a launcher needs of the process object. */
export interface LaunchRequest {
  readonly config: ChildConfig;
  readonly process: Runnable;
  /** In the child, before the work: makes the process object the current one. */
  adopt(): void;
  /** For a child that inherits no memory: what the process is made of. */
  describe(): ProcessDescription;
}

/** A process object taken apart, to be put together in the child. */
export interface ProcessDescription {
  /** As `describeClass` gives it. */
  readonly processClass: Function | string;
  readonly target: Function | undefined;
  readonly args: readonly unknown[];
  /** Own properties that a subclass has given the object. */
  readonly fields: object;
}

/** A process that was started: the caller owns the descriptors. */
export interface Launched {
  readonly pid: number;
  /** Its pidfd. */
  readonly handle: number;
  /** Where the forkserver tells its exit code; without it, this process is the parent. */
  readonly status?: number;
  /** To be called when the process has ended. */
  readonly ended?: () => void;
}

export interface Launcher {
  readonly method: StartMethod;
  /** @throws An error when this start method does not work here, which names one that does. */
  requireSupport(): void;
  launch(request: LaunchRequest): Promise<Launched>;
}
