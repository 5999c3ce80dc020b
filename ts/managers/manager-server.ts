import type { Address } from '../connection/address.js';
import { InvalidStateError } from '../errors.js';
import { randomBytes } from '../native/random.js';
import { type Serving, serve } from './server/serve.js';
import type { ServerOptions } from './server/server.js';
import type { ServerTls } from './token.js';

/** Where a server listens, and how. */
export interface ServerConfig extends ServerOptions {
  /** Default: a name that nobody else has, and that is gone with the process. */
  readonly address: Address | undefined;
  readonly tls: ServerTls | undefined;
}

/**
 * The server of a manager, in this process: what `getServer()` gives.
 * @example
 * const server = new QueueManager({ address: { host: '', port: 50000 }, authkey }).getServer();
 * await server.serveForever();
 * @see Python: `multiprocessing.managers.Server`
 */
export class ManagerServer {
  readonly #config: ServerConfig;
  #serving: Promise<Serving> | undefined;
  #address: Address | undefined;

  /** @internal */
  constructor(config: ServerConfig) {
    this.#config = config;
  }

  /**
   * Where it listens, with the real port.
   * @throws {InvalidStateError} ERR_MP_INVALID_STATE: before it does.
   */
  get address(): Address {
    if (this.#address !== undefined) return this.#address;
    throw new InvalidStateError('The server does not listen yet: await listen() or serveForever()');
  }

  /**
   * Begins to take processes in.
   * @returns Where it listens.
   * @throws A system error, such as EADDRINUSE
   */
  async listen(): Promise<Address> {
    const { address = `\0mp-${randomBytes(16).toString('hex')}`, tls, ...options } = this.#config;
    this.#serving ??= serve(address, tls, options);
    const { server } = await this.#serving;
    this.#address = server.address;
    return server.address;
  }

  /**
   * Serves until it is shut down, by `shutdown()` here or by a process.
   * @throws As `listen`
   * @see Python: `Server.serve_forever`, which ends the process then.
   */
  async serveForever(): Promise<void> {
    await this.listen();
    await (await this.#serving)?.ended;
  }

  /** Ends all connections, and lets go of all objects. Idempotent. */
  async shutdown(): Promise<void> {
    (await this.#serving)?.server.shutdown();
  }
}
