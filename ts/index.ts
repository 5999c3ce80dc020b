export {
  AuthenticationError,
  BufferTooShort,
  ClosedError,
  EOFError,
  ForkUnsupportedError,
  InterruptedError,
  InvalidStateError,
  PicklingError,
  ProcessError,
  TimeoutError,
} from './errors.js';
export type {
  Bytes,
  RecvBytesIntoOptions,
  RecvBytesOptions,
  SendBytesOptions,
  WaitOptions,
} from './transport/connection.js';
export { Connection } from './transport/connection.js';
export { Pipe, type PipeOptions } from './transport/pipe.js';
