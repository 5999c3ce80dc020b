import { type Address, showAddress } from '../connection/address.js';
import { ClosedError, EOFError } from '../errors.js';
import { registerAfterFork } from '../lifecycle/after-fork.js';
import { registerAtExit } from '../lifecycle/at-exit.js';
import { registerBeforeFork } from '../lifecycle/before-fork.js';
import { randomBytes } from '../native/random.js';
import { decode } from '../serialization/pickle.js';
import type { Connection } from '../transport/connection.js';
import type { ProxyClass } from './base-proxy.js';
import { takeSignal } from './call-signal.js';
import { Calls } from './calls.js';
import { type Credentials, connect, type Destination, isEndOfPeer } from './connect.js';
import { Scratch } from './destination.js';
import { Heartbeat } from './heartbeat.js';
import { type Hold, Holds } from './holds.js';
import { type Message, ToClient, ToServer } from './protocol.js';
import { type Receiver, receivingFor } from './receiving.js';
import { type RemoteObjects, RemoteReference } from './remote-reference.js';
import type { ClientTls, TravellingToken } from './token.js';
import { Wire, type WireEnd } from './wire.js';

/** For how long objects are held for a forked child, which takes hold of them itself, in ms. */
const FORK_GRACE_MS = 60_000;

export interface ClientOptions extends Destination {
  /** The manager's key, in a process that has it. */
  readonly authkey?: Uint8Array;
  readonly functions?: boolean;
}

/** What a call is of. */
interface Target {
  readonly object: number;
  readonly method: number;
}

const NO_TARGET: Target = { object: 0, method: 0 };

/**
 * What a process has of a server: one connection for all proxies, over which any number of calls are under way. It is
 * made when it is needed, and again when it was lost.
 */
export class Client implements WireEnd, Receiver, RemoteObjects {
  /** The program's own classes of proxies, by typeid. */
  proxyTypes: ReadonlyMap<string, ProxyClass> | undefined;
  readonly #options: ClientOptions;
  readonly #onIdle: () => void;
  readonly #holds = new Holds();
  readonly #calls = new Calls();
  readonly #heartbeat: Heartbeat;
  #id: string | undefined;
  #lastNumber = 0;
  #wire: Wire | undefined;
  #isClosed = false;
  readonly #scratch = new Scratch(this);
  readonly #unregister: readonly (() => void)[];
  readonly #cancel = (number: number) => this.#post(ToServer.CANCEL, number, undefined);

  /** `onIdle`: it holds nothing any more. */
  constructor(options: ClientOptions, id: string | undefined, onIdle: () => void) {
    this.#options = options;
    this.#id = id;
    this.#onIdle = onIdle;
    this.#heartbeat = new Heartbeat(options, {
      isConnected: () => this.#wire?.isConnected ?? false,
      ping: () => this.#post(ToServer.PING, 0, undefined),
      lost: (error) => this.#wire?.fail(error),
    });
    this.#unregister = [
      registerBeforeFork<Client>(this, (client) => client.#holdForChild()),
      registerAfterFork<Client>(this, (client) => client.#afterFork()),
      registerAtExit<Client>(this, (client) => client.#sayBye()),
    ];
  }

  /** Of the server; undefined before the first connection. */
  get id(): string | undefined {
    return this.#id;
  }

  get tls(): ClientTls | undefined {
    return this.#options.tls;
  }

  get address(): Address {
    return this.#options.address;
  }

  /** Connects now. @throws As `connection.Client` */
  async connect(): Promise<void> {
    await this.ask(ToServer.VERB, ['hello']);
  }

  /** Calls a method of an object: by its place among those that it has, or by its name. */
  call(object: number, method: number, args: unknown[]): Promise<unknown> {
    const signal = takeSignal(args);
    const kind = signal === undefined ? ToServer.CALL : ToServer.CALL_WITH_SIGNAL;
    return this.#ask(kind, args, { object, method }, signal);
  }

  /** Sends what is answered. */
  ask(kind: number, parts: unknown[]): Promise<unknown> {
    return this.#ask(kind, parts, NO_TARGET, undefined);
  }

  #ask(
    kind: number,
    parts: unknown[],
    target: Target,
    signal: AbortSignal | undefined,
  ): Promise<unknown> {
    try {
      signal?.throwIfAborted();
      if (this.#isClosed) throw closed();
      const number = (this.#lastNumber + 1) >>> 0;
      this.#lastNumber = number;
      this.#post(kind, number, parts, target);
      return this.#expect(number, signal);
    } catch (error) {
      return Promise.reject(error);
    }
  }

  #expect(number: number, signal: AbortSignal | undefined): Promise<unknown> {
    const answer = this.#calls.expect(number, signal, this.#cancel);
    if (this.#calls.size === 1) {
      this.#wire?.read();
      this.#heartbeat.start();
    }
    return answer;
  }

  /** Another proxy of an object. */
  hold(token: TravellingToken): RemoteReference {
    const hold = this.#holds.add(token, this.tls);
    if (token.hold === 'granted') hold.grants++;
    else this.#attach(hold, token.hold);
    return new RemoteReference(this, hold.token);
  }

  /** A proxy of it is gone. */
  release(object: number): void {
    const hold = this.#holds.release(object);
    if (hold === undefined || this.#isClosed) return;
    if (this.#wire !== undefined) this.#post(ToServer.RELEASE, 0, [object, hold.grants]);
    if (this.#holds.size === 0) this.#onIdle();
  }

  /** A proxy of it is on its way to another process. @returns The ticket. */
  grant(object: number): string {
    const ticket = randomBytes(16).toString('hex');
    this.#post(ToServer.GRANT, 0, [object, ticket]);
    return ticket;
  }

  /** It has not left after all. Without a connection, the server takes it back by itself. */
  revoke(ticket: string): void {
    if (this.#wire !== undefined) this.#post(ToServer.REVOKE, 0, [ticket]);
  }

  /** Ends the connection for good; what is under way fails. */
  close(): void {
    if (this.#isClosed) return;
    this.#isClosed = true;
    for (const unregister of this.#unregister) unregister();
    if (this.#wire !== undefined) this.#post(ToServer.BYE, 0, undefined);
    this.#wire?.close();
    this.#wire = undefined;
    this.#failAll(closed());
  }

  get isExpecting(): boolean {
    return this.#calls.size > 0;
  }

  onMessage(message: Message): void {
    const { kind, number } = message;
    this.#heartbeat.heard();
    if (kind === ToClient.PONG) return;
    if (kind === ToClient.DONE) this.#calls.resolve(number, undefined);
    else this.#settle(message);
    if (this.#calls.size === 0) this.#heartbeat.stop();
  }

  #settle({ kind, number, payload, handles }: Message): void {
    try {
      const { functions = true } = this.#options;
      const value = receivingFor(this, () => decode(payload, { handles, functions }));
      if (kind === ToClient.RETURN) this.#calls.resolve(number, value);
      else this.#calls.reject(number, value);
    } catch (error) {
      this.#calls.reject(number, error);
    }
  }

  onEnd(error: Error): void {
    this.#wire = undefined;
    const where = showAddress(this.address);
    const isGone = isEndOfPeer(error);
    this.#failAll(isGone ? new EOFError(`The server of the manager at ${where} is gone`) : error);
  }

  #post(kind: number, number: number, value: unknown, target: Target = NO_TARGET): void {
    this.#wire ??= this.#begin();
    const { object, method } = target;
    this.#wire.post(kind, number, value, {
      root: 'args',
      scratch: this.#scratch.map,
      object,
      method,
    });
  }

  /**
   * A connection, which takes hold of all that this process has proxies of.
   * @param tickets - Of those that another process holds for this one.
   */
  #begin(tickets?: ReadonlyMap<number, string>): Wire {
    const wire = new Wire(this);
    this.#wire = wire;
    for (const hold of this.#holds) {
      hold.grants = 0;
      this.#attach(hold, tickets?.get(hold.token.object));
    }
    this.#connect().then(
      (connection) => wire.open(connection),
      (error) => wire.fail(error),
    );
    return wire;
  }

  async #connect(): Promise<Connection> {
    const [connection, id] = await connect(this.#options, this.#credentials());
    if (this.#id !== undefined && this.#id !== id) {
      connection.close();
      throw new EOFError('Another server has taken the place of the one that was there');
    }
    this.#id = id;
    return connection;
  }

  #credentials(): Credentials {
    const { authkey } = this.#options;
    if (authkey !== undefined) return { scope: 'manager', key: authkey };
    const [hold] = this.#holds;
    if (hold === undefined) throw new EOFError('Nothing is left that gives access to the server');
    return { scope: hold.token.object, key: hold.token.secret };
  }

  #attach(hold: Hold, ticket: string | undefined): void {
    const { object, secret } = hold.token;
    this.#post(ToServer.ATTACH, 0, [object, secret, ticket]);
    hold.grants++;
  }

  #failAll(error: Error): void {
    this.#heartbeat.stop();
    this.#calls.fail(error);
  }

  /** A forked child takes hold of all objects itself; this process may have let go by then. */
  #holdForChild(): (() => void) | undefined {
    if (this.#holds.size === 0) return undefined;
    const tickets = new Map(
      [...this.#holds].map(({ token }) => [token.object, this.grant(token.object)]),
    );
    const revokeAll = () => {
      for (const ticket of tickets.values()) this.revoke(ticket);
    };
    // Should the child end before that.
    setTimeout(revokeAll, FORK_GRACE_MS).unref();
    return () => void this.#begin(tickets);
  }

  #afterFork(): void {
    this.#wire?.forget();
    this.#wire = undefined;
    this.#calls.forget();
    this.#heartbeat.stop();
  }

  #sayBye(): void {
    if (this.#wire === undefined) return;
    this.#post(ToServer.BYE, 0, undefined);
    this.#wire.flushSync();
  }
}

function closed(): ClosedError {
  return new ClosedError('The connection to the manager is closed');
}
