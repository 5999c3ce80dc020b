import type { Address } from '../connection/address.js';
import { validateAddress } from '../connection/address.js';
import { type AuthKey, validateAuthKey } from '../connection/handshake.js';
import type { StartMethod } from '../process/this-process.js';
import {
  invalidType,
  validateBoolean,
  validateFunction,
  validateOptions,
  validateTimeout,
} from '../validate.js';
import { DEFAULT_TIMEOUT_MS } from './clients.js';
import type { ClientTls, ServerTls } from './token.js';

/** What a manager needs of a context. */
export interface ManagerContext {
  getStartMethod(): StartMethod;
}

/** How a manager reaches its server, or starts it. */
export interface ManagerOptions {
  /**
   * Where the server listens, or is. Default: a name of this machine that nobody else has. For other machines
   * `{ host, port }`.
   */
  address?: Address | undefined;
  /** The key that everybody needs who connects. Default: that of this process. */
  authkey?: AuthKey | undefined;
  /**
   * Options of `node:tls`, for `{ host, port }`: `key` and `cert` where the server is, `ca` where it is not public.
   * Default: no TLS, and everything but the key is sent as it is. With TLS the server cannot tell a process that ends
   * from one that is killed, and releases the locks of both.
   */
  tls?: ServerTls | ClientTls | undefined;
  /** Milliseconds that the server gets to end by itself on `shutdown()`. Default: 1000. */
  shutdownTimeout?: number | undefined;
  /**
   * Milliseconds after which a server on another machine that is silent while it is called counts as gone. It need not
   * be done by then with what it was asked. For a server, after which a process that the network does not reach counts
   * as gone. Default: 30000; `undefined`: never, and for a server, after a minute. A server
   * with TLS takes ten seconds longer.
   */
  timeout?: number | undefined;
  /** Milliseconds in which whoever connects has to prove that he holds the key. Default: 10000. */
  handshakeTimeout?: number | undefined;
  /**
   * Whether functions and classes may come from the other side, which is to run its code. Default: true.
   */
  functions?: boolean | undefined;
  /**
   * By whose start method the server's process is started: `getContext('fork')`. Default: by the default one.
   * @see Python: `SyncManager(ctx=…)`
   */
  ctx?: ManagerContext | undefined;
}

/** What the server's process begins with. */
export interface StartOptions {
  /** Runs in the server's process first. */
  initializer?: ((...args: never[]) => unknown) | undefined;
  /** Its arguments. Default: none. */
  initargs?: readonly unknown[] | undefined;
}

const DEFAULT_SHUTDOWN_MS = 1000;
const DEFAULT_HANDSHAKE_MS = 10_000;

/** The same, checked. */
export type NormalOptions = ReturnType<typeof normalizeOptions>;

/** @throws TypeError, RangeError */
export function normalizeOptions(options: ManagerOptions | undefined) {
  const given = validateOptions(options);
  const { address, authkey, tls, functions = true } = given;
  return {
    address: address === undefined ? undefined : validateAddress(address),
    authkey: authkey === undefined ? undefined : validateAuthKey(authkey),
    tls,
    functions: validateBoolean('functions', functions),
    ctx: validateContext(given.ctx),
    shutdownTimeout:
      validateTimeout(given.shutdownTimeout, 'shutdownTimeout') ?? DEFAULT_SHUTDOWN_MS,
    handshakeTimeout:
      validateTimeout(given.handshakeTimeout, 'handshakeTimeout') ?? DEFAULT_HANDSHAKE_MS,
    timeout: 'timeout' in given ? validateTimeout(given.timeout) : DEFAULT_TIMEOUT_MS,
  };
}

function validateContext(ctx: unknown): ManagerContext | undefined {
  if (ctx === undefined) return undefined;
  const { getStartMethod } = Object(ctx) as Partial<ManagerContext>;
  if (typeof getStartMethod === 'function') return ctx as ManagerContext;
  throw invalidType('ctx', 'a context, as getContext() gives it', ctx);
}

/** @throws TypeError */
export function normalizeStart(options: StartOptions | undefined): StartOptions {
  const { initializer, initargs } = validateOptions(options);
  if (initializer !== undefined) validateFunction('initializer', initializer);
  if (initargs !== undefined && !Array.isArray(initargs)) {
    throw invalidType('initargs', 'an array', initargs);
  }
  return { initializer, initargs };
}
