import type { Address } from '../connection/address.js';
import { InvalidStateError, PicklingError } from '../errors.js';
import { info } from '../logging/emit.js';
import { launcherOf } from '../process/start-methods.js';
import { defaultAuthkey } from '../process/this-process.js';
import { registerReducer } from '../serialization/pickle.js';
import type { WaitOptions } from '../transport/wait-options.js';
import { outOfRange, validateString } from '../validate.js';
import type { BaseProxy } from './base-proxy.js';
import type { Client } from './client.js';
import { closeClient, connectClient } from './clients.js';
import {
  type ManagerOptions,
  type NormalOptions,
  normalizeOptions,
  normalizeStart,
  type StartOptions,
} from './manager-options.js';
import { ManagerServer, type ServerConfig } from './manager-server.js';
import { ToServer } from './protocol.js';
import type { Proxied } from './proxied.js';
import { addType, proxyTypesOf, typesOf } from './registered.js';
import { type Callable, type RegisterOptions, validateRegistration } from './registration.js';
import { ServerProcess } from './server-process.js';
import { type ClientTls, clientTls, type ServerTls } from './token.js';
import type { WithType } from './with-type.js';
import './travel.js';

type State = 'initial' | 'starting' | 'started' | 'connecting' | 'connected' | 'shut down';

/**
 * Makes objects in a process of their own, the server, for any number of processes to use through proxies. Types are
 * registered with the class; `SyncManager` has many.
 *
 * The server lives until `shutdown()`, or until this process ends. It does not keep this process running.
 *
 * @example
 * class MyManager extends BaseManager {}
 * MyManager.register('Maths', Maths);
 * await using manager = new MyManager();
 * await manager.start();
 * const maths = await manager.create('Maths');
 * @see Python: `multiprocessing.managers.BaseManager`; differs: what is there is a promise; TLS; timeouts.
 */
export class BaseManager implements AsyncDisposable {
  /**
   * Adds a type.
   * @param typeid - Its name, and that of the method that makes such objects.
   * @param callable - A class, or a function that returns the object, or a promise of it. Without one, the server
   * takes the first argument for the object; and managers that `connect` need none.
   * @returns The class, for TypeScript, which learns of the method.
   * @throws TypeError ERR_INVALID_ARG_TYPE
   * @throws RangeError ERR_OUT_OF_RANGE: every manager has a method of that name, such as `start`.
   * @see Python: `BaseManager.register`, which replaces that.
   */
  static register<
    C extends new (
      ...args: never[]
    ) => unknown,
    N extends string,
    F extends Callable,
  >(this: C, typeid: N, callable?: F, options?: RegisterOptions): WithType<C, N, F> {
    const { description, proxyType } = validateRegistration(typeid, callable, options);
    const hasMethod = options?.createMethod !== false;
    if (hasMethod && isTaken(typeid)) throw alreadyTaken(typeid);
    // biome-ignore-start lint/complexity/noThisInStatic: the subclass, whose type this is
    addType(this, { typeid, description, proxyType });
    if (hasMethod) defineCreator(this, typeid);
    return this as unknown as WithType<C, N, F>;
    // biome-ignore-end lint/complexity/noThisInStatic: as above
  }

  readonly #options: NormalOptions;
  #state: State = 'initial';
  #client: Client | undefined;
  #process: ServerProcess | undefined;
  #address: Address | undefined;
  // It has come from another process, and connects when it is used.
  #isCopy = false;
  // While it is starting, or connecting.
  #beginning: Promise<void> | undefined;
  #ending: Promise<void> | undefined;

  /** @throws TypeError ERR_INVALID_ARG_TYPE; RangeError ERR_OUT_OF_RANGE */
  constructor(options?: ManagerOptions) {
    this.#options = normalizeOptions(options);
    this.#address = this.#options.address;
  }

  /**
   * Where the server is; `undefined` before `start()` when that is not known yet.
   * @see Python: `BaseManager.address`
   */
  get address(): Address | undefined {
    return this.#address;
  }

  /** The process of the server that `start` has started. */
  get pid(): number | null {
    return this.#process?.pid ?? null;
  }

  /**
   * Starts a process that serves.
   * @returns When it does.
   * @throws {InvalidStateError} ERR_MP_INVALID_STATE: it was started, connected, or shut down before.
   * @throws What the initializer throws; a system error, such as EADDRINUSE; as `Process.start`
   * @throws {ProcessError} ERR_MP_PROCESS: the process ended before it served.
   * @see Python: `BaseManager.start`
   */
  async start(options?: StartOptions): Promise<void> {
    this.#requireInitial();
    const given = normalizeStart(options);
    await this.#begin('starting', 'started', () => this.#launch(given));
  }

  /**
   * Connects to a server that runs already.
   * @throws {AuthenticationError} ERR_MP_AUTHENTICATION: it has another key; {TimeoutError} ERR_MP_TIMEOUT
   * @throws A system error, such as ECONNREFUSED; an error of node:tls
   * @see Python: `BaseManager.connect`
   */
  async connect(): Promise<void> {
    this.#requireInitial();
    const address = this.#address;
    if (address === undefined) {
      throw new InvalidStateError('Expected a manager with an `address` to connect to');
    }
    await this.#begin('connecting', 'connected', async () => {
      this.#client = await this.#connectTo(address);
    });
  }

  /**
   * A server for this process.
   * @throws {InvalidStateError} ERR_MP_INVALID_STATE: it was started, connected, or shut down before.
   * @see Python: `BaseManager.get_server`
   */
  getServer(): ManagerServer {
    this.#requireInitial();
    return new ManagerServer(this.#serverConfig());
  }

  /**
   * Makes an object in the server.
   * @returns A proxy of it.
   * @throws What the callable throws; {RemoteError} ERR_MP_REMOTE: there is no such type.
   * @throws {InvalidStateError} ERR_MP_INVALID_STATE: the manager is neither started nor connected.
   */
  create<T = unknown>(typeid: string, ...args: unknown[]): Promise<Proxied<T>> {
    return this._create(typeid, args) as Promise<Proxied<T>>;
  }

  /**
   * Ends the server: asks it to end, and makes it end if it does not in time. A manager that has only connected, or was
   * started by the process of which this one is a fork, ends its connection alone; its proxies are of no use then.
   * Waits for a `start` or `connect` that is under way. Idempotent.
   * @see Python: `BaseManager.shutdown`
   */
  shutdown(): Promise<void> {
    this.#ending ??= this.#end();
    return this.#ending;
  }

  /**
   * Waits until the server's process has ended.
   * @param options - `timeout` in ms: `undefined` waits for ever, `0` tries once; `signal`.
   * @returns Its exit code; null when it runs on after the timeout.
   * @throws {InvalidStateError} ERR_MP_INVALID_STATE: it was not started, or by another process.
   * @see Python: `BaseManager.join`
   */
  async join(options?: WaitOptions): Promise<number | null> {
    if (this.#process === undefined) {
      throw new InvalidStateError(
        'The manager has no process to join: it was not started here, or only connected',
      );
    }
    return this.#process.join(options);
  }

  /** Shuts the server down, if this manager has started it. */
  async [Symbol.asyncDispose](): Promise<void> {
    await this.shutdown();
  }

  /** How many objects the server has. @see Python: `BaseManager._number_of_objects` */
  _numberOfObjects(): Promise<number> {
    return this.#ask('numberOfObjects') as Promise<number>;
  }

  /** The objects of the server, a line for each. @see Python: `BaseManager._debug_info` */
  _debugInfo(): Promise<string> {
    return this.#ask('debugInfo') as Promise<string>;
  }

  /** @internal */
  async _create(typeid: string, args: readonly unknown[]): Promise<BaseProxy> {
    validateString('typeid', typeid);
    const client = await this.#requireClient();
    return (await client.ask(ToServer.CREATE, [typeid, [...args]])) as BaseProxy;
  }

  /** The server holds the object until it is shut down. @internal */
  async _keep(object: number): Promise<void> {
    await this.#ask('keep', object);
  }

  /** @internal */
  _becomeCopy(): void {
    this.#isCopy = true;
  }

  /** What makes a manager like this in another process. @internal */
  _describe(withKey: boolean): ManagerOptions {
    const { authkey, tls, timeout, functions } = this.#options;
    if (authkey !== undefined && !withKey) {
      throw new PicklingError(
        `cannot pickle a ${this.constructor.name} with an authkey of its own, except for a process that is being ` +
          'started: send proxies, or connect() there with the key',
      );
    }
    const address = this.#address;
    return { address, authkey, tls: clientTls(tls as ClientTls), timeout, functions };
  }

  #requireInitial(): void {
    if (this.#state === 'initial') return;
    throw new InvalidStateError(
      {
        starting: 'The manager is starting already',
        started: 'The manager has started its server already',
        connecting: 'The manager is connecting already',
        connected: 'The manager is connected already',
        'shut down': 'The manager was shut down',
      }[this.#state],
    );
  }

  /** What takes a manager from its initial state to the next one, or leaves it as it was. */
  #begin(
    meanwhile: 'starting' | 'connecting',
    then: 'started' | 'connected',
    action: () => Promise<void>,
  ): Promise<void> {
    this.#state = meanwhile;
    const enter = (state: State) => {
      this.#state = state;
      this.#beginning = undefined;
    };
    this.#beginning = action().then(
      () => enter(then),
      (error) => {
        enter('initial');
        throw error;
      },
    );
    return this.#beginning;
  }

  async #end(): Promise<void> {
    // Half a server cannot be asked.
    await this.#beginning?.catch(() => {});
    this.#state = 'shut down';
    const [client, process] = [this.#client, this.#process];
    if (client === undefined) return;
    this.#client = undefined;
    const isOurs = process?.isOurs === true;
    if (isOurs) info('sending shutdown message to manager');
    // Gone already: then there is nobody to ask.
    if (isOurs) await client.ask(ToServer.VERB, ['shutdown']).catch(() => {});
    closeClient(client);
    if (isOurs) await process.end();
  }

  async #requireClient(): Promise<Client> {
    if (this.#isCopy && this.#state === 'initial') await this.connect();
    else await this.#beginning;
    if (this.#client !== undefined) return this.#client;
    throw new InvalidStateError(
      this.#state === 'shut down'
        ? 'The manager was shut down'
        : 'Expected a manager that was started, or is connected: await start() or connect() first',
    );
  }

  async #ask(verb: string, ...args: unknown[]): Promise<unknown> {
    return (await this.#requireClient()).ask(ToServer.VERB, [verb, ...args]);
  }

  #serverConfig(): ServerConfig {
    const { address, authkey, tls, functions, handshakeTimeout, timeout } = this.#options;
    const types = [...typesOf(this.constructor).values()].map(({ description }) => description);
    return {
      address,
      authkey: authkey ?? defaultAuthkey(),
      tls: tls as ServerTls | undefined,
      functions,
      handshakeTimeout,
      timeout,
      types,
    };
  }

  async #launch(options: StartOptions): Promise<void> {
    const { ctx, shutdownTimeout } = this.#options;
    const launcher = launcherOf(ctx?.getStartMethod());
    const process = new ServerProcess(this.constructor.name, { launcher, shutdownTimeout });
    try {
      const address = await process.start(this.#serverConfig(), options);
      this.#client = await this.#connectTo(address);
      this.#address = address;
      this.#process = process;
    } catch (error) {
      await process.end();
      throw error;
    }
  }

  async #connectTo(address: Address): Promise<Client> {
    const { authkey, tls, timeout, functions } = this.#options;
    const client = await connectClient({
      address,
      authkey: authkey ?? defaultAuthkey(),
      tls: tls as ClientTls | undefined,
      timeout,
      functions,
    });
    client.proxyTypes = proxyTypesOf(this.constructor);
    return client;
  }
}

/** Also by what would make `await` take a manager for a promise. */
function isTaken(name: string): boolean {
  return name === 'then' || name in BaseManager.prototype;
}

function alreadyTaken(typeid: string): RangeError {
  const expected = 'a name that no manager has, or `createMethod` to be false';
  return outOfRange('typeid', expected, typeid);
}

function defineCreator(Class: Function, typeid: string): void {
  Object.defineProperty(Class.prototype, typeid, {
    value(this: BaseManager, ...args: unknown[]) {
      return this._create(typeid, args);
    },
    writable: true,
    configurable: true,
  });
}

registerReducer<BaseManager, ManagerOptions>(
  BaseManager,
  {
    reduce: (manager, { purpose }) => manager._describe(purpose === 'spawn'),
    rebuild(options, _context, Class) {
      const manager: BaseManager = Reflect.construct(Class, [options]);
      manager._becomeCopy();
      return manager;
    },
  },
  { name: 'BaseManager' },
);
