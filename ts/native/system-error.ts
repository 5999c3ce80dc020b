import { constants } from 'node:os';
import { getSystemErrorMap } from 'node:util';

/** A failed system call, in the shape of Node's own errors. */
export interface SystemError extends Error {
  readonly code: string;
  /** Negative, as Node has it. */
  readonly errno: number;
  readonly syscall: string;
}

export const EAGAIN = -constants.errno.EAGAIN;
export const EBADF = -constants.errno.EBADF;
export const EBUSY = -constants.errno.EBUSY;
export const EINTR = -constants.errno.EINTR;
export const EINVAL = -constants.errno.EINVAL;
export const EPIPE = -constants.errno.EPIPE;
// Not among Node's constants.
export const EOWNERDEAD = -130;

/** The error for a negative errno that a native function returned. */
export function systemError(errno: number, syscall: string): SystemError {
  const [code, text] = getSystemErrorMap().get(errno) ?? [`ERRNO_${-errno}`, 'unknown error'];
  return Object.assign(new Error(`${code}: ${text}, ${syscall}`), {
    code,
    errno,
    syscall,
  });
}
