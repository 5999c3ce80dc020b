import type { NativeBinding } from '../../native/binding.js';
import type { InternalTimers } from './internal-timers.js';

/** A libuv handle as Node lists it: Node's object for it, or itself. */
export interface HandleOwner {
  _handle?: NativeHandle | null;
  close?: () => void;
  destroyed?: boolean;
}

/** What Node's handle objects have in common. */
export interface NativeHandle {
  close(): void;
  fd?: number;
}

/** The parts of `process` that matter here. */
export interface InheritedProcess extends NodeJS.EventEmitter {
  readonly pid: number;
  exitCode?: number | string | null | undefined;
  /** Whether `exit` has been emitted. */
  _exiting?: boolean;
  /** The last that `process.exit()` calls. */
  reallyExit(code: unknown): never;
  _getActiveHandles(): HandleOwner[];
  hasUncaughtExceptionCaptureCallback(): boolean;
  setUncaughtExceptionCaptureCallback(callback: null): void;
}

/** What a forked child has of its parent and must not keep; and the means to get rid of it. */
export interface Inheritance {
  readonly process: InheritedProcess;
  readonly globals: object;
  readonly math: Pick<Math, 'random'>;
  readonly randomStores: readonly Uint8Array[];
  readonly timers: InternalTimers;
  readonly loaderThread: object | undefined;
  /** Of objects of this package. */
  readonly hooksRunOn: 'objects' | 'stand-ins';
  resetCoverage(): void;
  writeCoverage(): void;
  readonly native: Pick<
    NativeBinding,
    | 'concealHandles'
    | 'detachStandardInput'
    | 'exitNow'
    | 'fillRandom'
    | 'forgetRequests'
    | 'hasRequests'
    | 'loopIsAlive'
    | 'pid'
    | 'revealHandles'
    | 'unblockSignals'
  >;
}
