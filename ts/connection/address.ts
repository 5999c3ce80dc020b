/** Addresses of listeners, as programs write them, and as the system has them. */
import { ProcessError } from '../errors.js';
import {
  describeReceived,
  invalidType,
  outOfRange,
  validateInteger,
  validateString,
} from '../validate.js';

/** Where a TCP listener is. */
export interface InternetAddress {
  /** A name, or a number of IPv4 or IPv6. */
  readonly host: string;
  readonly port: number;
}

/**
 * Where a listener is: a path; or an abstract name, which begins with a NUL and is no file; or a host
 * and a port.
 * @see Python: a `str`, or a `tuple` of host and port.
 */
export type Address = string | InternetAddress;

/**
 * The kind of an address, named as in Python. `AF_PIPE`, a named pipe of Windows, is not available on
 * this platform.
 */
export type Family = 'AF_UNIX' | 'AF_INET' | 'AF_INET6' | 'AF_PIPE';

export const families: readonly Family[] = ['AF_UNIX', 'AF_INET', 'AF_INET6', 'AF_PIPE'];

/** As the native functions take it: 0 with a name, or 4 or 6 with a host and a port. */
export interface NativeAddress {
  readonly version: 0 | 4 | 6;
  readonly host: string;
  readonly port: number;
}

const MAX_PORT = 65535;

/** The family that the address is of, if it tells; an internet address without a colon may be of both. */
export function familyOf(address: Address): Family {
  if (typeof address !== 'string') return address.host.includes(':') ? 'AF_INET6' : 'AF_INET';
  return address.startsWith('\\\\') ? 'AF_PIPE' : 'AF_UNIX';
}

/** @throws TypeError, RangeError */
export function validateAddress(address: unknown): Address {
  if (typeof address === 'string') {
    if (address === '') throw outOfRange('address', 'a path that is not empty', address);
    return address;
  }
  if (typeof address !== 'object' || address === null)
    throw invalidType('address', 'a path or { host, port }', address);
  const { host, port } = address as Partial<InternetAddress>;
  return {
    host: validateString('address.host', host),
    port: validateInteger('address.port', port, { max: MAX_PORT }),
  };
}

/** @throws TypeError, RangeError, also when it is not the family of the address. */
export function validateFamily(family: unknown, address: Address | undefined): Family | undefined {
  if (family === undefined)
    return address === undefined ? undefined : requireAvailable(familyOf(address));
  validateString('family', family);
  if (!families.includes(family as Family))
    throw outOfRange('family', `one of ${families.join(', ')}`, family);
  const valid = requireAvailable(family as Family);
  if (address !== undefined && isLocal(valid) !== (typeof address === 'string')) {
    const expected = isLocal(valid) ? 'a path' : '{ host, port }';
    throw invalidType('address', `${expected}, as family ${valid} has it`, address);
  }
  return valid;
}

function isLocal(family: Family): boolean {
  return family === 'AF_UNIX' || family === 'AF_PIPE';
}

function requireAvailable(family: Family): Family {
  if (family !== 'AF_PIPE') return family;
  throw new ProcessError(
    `Family AF_PIPE, the named pipes of Windows, is not available on ${process.platform}: ` +
      'use a path (AF_UNIX) or { host, port } (AF_INET)',
  );
}

export function toNative(address: Address, family: Family): NativeAddress {
  if (typeof address === 'string') return { version: 0, host: address, port: 0 };
  return { version: family === 'AF_INET6' ? 6 : 4, ...address };
}

/** For messages. */
export function showAddress(address: Address): string {
  if (typeof address === 'string') return describeReceived(address).replace(/ \(string\)$/, '');
  const { host, port } = address;
  return host.includes(':') ? `[${host}]:${port}` : `${host}:${port}`;
}
