/** What a worker runs in: a process or a thread. */

/** How a worker has ended. */
export interface HostEnd {
  readonly pid: number;
  /** Minus the signal. */
  readonly exitCode: number;
}

export interface WorkerHost {
  /** Set by the owner: called once, when the worker has ended, or could not be started. */
  onEnd: (end: HostEnd | { readonly error: unknown }) => void;
  /** 0 before the worker was started. */
  readonly pid: number;
  /** Never rejects: `onEnd` tells. */
  start(): void;
  /** Asks the worker to end. One that does not is killed after a second. */
  terminate(): void;
  /** Its end is awaited: until then it keeps the event loop alive. */
  hold(): void;
}
