export * as connection from './connection/exports.js';
export {
  type Context,
  freezeSupport,
  getContext,
  setExecutable,
} from './contexts.js';
export * as dummy from './dummy/dummy.js';
export { ThreadProcess, type ThreadProcessOptions } from './dummy/thread-process.js';
export {
  AuthenticationError,
  BrokenBarrierError,
  BufferTooShort,
  ClosedError,
  EOFError,
  ForkUnsupportedError,
  InterruptedError,
  InvalidStateError,
  PicklingError,
  ProcessError,
  QueueEmpty,
  QueueFull,
  TimeoutError,
} from './errors.js';
export type { LogHandler, LogRecord } from './logging/emit.js';
export { type LogLevel, type LogLevelName, levels as logLevels } from './logging/levels.js';
export type { Logger } from './logging/logger.js';
export { BaseManager } from './managers/base-manager.js';
export { BaseProxy, type ProxyClass } from './managers/base-proxy.js';
export { RemoteError } from './managers/errors.js';
export type { Entries } from './managers/managed/entries.js';
export type { ManagerContext, ManagerOptions, StartOptions } from './managers/manager-options.js';
export { ManagerServer } from './managers/manager-server.js';
export type { Proxied } from './managers/proxied.js';
export { BarrierProxy } from './managers/proxies/barrier-proxy.js';
export { ConditionProxy } from './managers/proxies/condition-proxy.js';
export { DataProxy } from './managers/proxies/data-proxy.js';
export { DictProxy } from './managers/proxies/dict-proxy.js';
export { EventProxy } from './managers/proxies/event-proxy.js';
export { ListProxy } from './managers/proxies/list-proxy.js';
export {
  AcquirerProxy,
  LockProxy,
  type ProxyGuard,
  RLockProxy,
  SemaphoreProxy,
} from './managers/proxies/lock-proxies.js';
export { NamespaceProxy } from './managers/proxies/namespace-proxy.js';
export { ArrayProxy, ValueProxy } from './managers/proxies/number-proxies.js';
export { AsyncResultProxy, IteratorProxy, PoolProxy } from './managers/proxies/pool-proxies.js';
export { QueueProxy } from './managers/proxies/queue-proxy.js';
export { SetProxy } from './managers/proxies/set-proxy.js';
export type { Callable, RegisterOptions } from './managers/registration.js';
export { SharedMemoryManager } from './managers/shared-memory-manager.js';
export { Manager, SyncManager } from './managers/sync-manager.js';
export type { ClientTls, ServerTls } from './managers/token.js';
export type { WithType } from './managers/with-type.js';
export { AsyncResult } from './pool/async-result.js';
export { type CurrentTask, currentTask } from './pool/current-task.js';
export {
  BrokenPoolError,
  MaybeEncodingError,
  TerminatedError,
  type WorkerEnd,
  WorkerLostError,
} from './pool/errors.js';
export type { OnProgress } from './pool/map-job.js';
export type { CallOptions, ImapOptions, MapOptions, PoolOptions } from './pool/options.js';
export { Pool } from './pool/pool.js';
export { ForkPool, ForkServerPool, SpawnPool } from './pool/pool-classes.js';
export type { ResultIterator } from './pool/result-iterator.js';
export { ThreadPool } from './pool/thread-pool.js';
export type { Callbacks, PoolCallEvent } from './pool/worker-pool.js';
export {
  type ShareableFloat,
  type ShareableInput,
  type ShareableItem,
  ShareableList,
  type ShareableListOptions,
} from './primitives/shareable-list.js';
export { SharedMemory, type SharedMemoryOptions } from './primitives/shared-memory.js';
export { cpuCount } from './process/cpu-count.js';
export { parentProcess } from './process/current.js';
export {
  type PreloadErrorMode,
  type PreloadOptions,
  setForkserverPreload,
  setForkserverSpares,
} from './process/forkserver/settings.js';
export { getLogger, logToStderr } from './process/logging.js';
export { setImportMain } from './process/main-module.js';
export { activeChildren, currentProcess } from './process/main-process.js';
export type { ParentProcess } from './process/parent-process.js';
export { Process, type ProcessOptions } from './process/process.js';
export { ForkProcess, ForkServerProcess, SpawnProcess } from './process/process-classes.js';
export type { ProcessExitMessage, ProcessStartMessage } from './process/process-messages.js';
export { getAllStartMethods, getStartMethod, setStartMethod } from './process/start-methods.js';
export { isMainProcess, type StartMethod } from './process/this-process.js';
export { JoinableQueue } from './queues/joinable-queue.js';
export { Queue } from './queues/queue.js';
export type { QueueWaitOptions } from './queues/queue-options.js';
export { SimpleQueue } from './queues/simple-queue.js';
export {
  type AnyClass,
  type PickleContext,
  type Purpose,
  type Reducer,
  type ReducerOptions,
  registerReducer,
  type UnpickleContext,
} from './serialization/pickle.js';
export { Array, RawArray, type SharedArray } from './sharedctypes/array.js';
export type { CharacterArray, WideCharacterArray } from './sharedctypes/characters.js';
export type { SharedItems } from './sharedctypes/items.js';
export * as sharedctypes from './sharedctypes/names.js';
export { SharedCharacter, SynchronizedCharacter } from './sharedctypes/shared-character.js';
export { SharedNumber, SynchronizedNumber } from './sharedctypes/shared-number.js';
export { Structure } from './sharedctypes/structure.js';
export type { AnyLock, SharedOptions, Synchronized } from './sharedctypes/synchronized.js';
export type {
  CharacterCode,
  NumberArrayOf,
  NumberCode,
  NumberOf,
  TypeCode,
} from './sharedctypes/type-codes.js';
export type {
  AnyStructureClass,
  ArrayInitOf,
  ArrayOf,
  ElementOf,
  InitOf,
  SharedType,
  StructureClass,
  StructureFields,
  StructureInit,
  StructureOf,
} from './sharedctypes/type-specs.js';
export { RawValue, type RawValueOf, Value, type ValueOf } from './sharedctypes/value.js';
export type { AcquireOptions } from './synchronize/acquire-options.js';
export { Barrier, type BarrierOptions } from './synchronize/barrier.js';
export { BoundedSemaphore } from './synchronize/bounded-semaphore.js';
export { Condition } from './synchronize/condition.js';
export { Event } from './synchronize/event.js';
export type { LockGuard } from './synchronize/guarded.js';
export { Lock } from './synchronize/lock.js';
export { RLock } from './synchronize/rlock.js';
export { Semaphore } from './synchronize/semaphore.js';
export type {
  Bytes,
  RecvBytesIntoOptions,
  RecvBytesOptions,
  SendBytesOptions,
} from './transport/connection.js';
export { Connection, type ConnectionOptions } from './transport/connection.js';
export { Pipe, type PipeOptions } from './transport/pipe.js';
export type { WaitOptions } from './transport/wait-options.js';
