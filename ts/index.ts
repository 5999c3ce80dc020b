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
