import { type SystemError, systemError } from '../native/system-error.js';
import { type Address, showAddress } from './address.js';

/** A failed system call about an address, in the shape of those of `node:net`. */
export function addressError(errno: number, syscall: string, address: Address): SystemError {
  const error = systemError(errno, syscall);
  const isLookup = syscall === 'getaddrinfo';
  const place = typeof address === 'string' ? { path: address } : { address: address.host };
  return Object.assign(error, place, typeof address === 'string' ? {} : { port: address.port }, {
    message: isLookup
      ? `ENOTFOUND: no such host, ${syscall} ${showAddress(address)}`
      : `${error.message} ${showAddress(address)}`,
    code: isLookup ? 'ENOTFOUND' : error.code,
  });
}
