import { type Address, showAddress } from '../connection/address.js';
import { ClosedError, EOFError } from '../errors.js';
import { registerAfterFork } from '../lifecycle/after-fork.js';
import { registerAtExit } from '../lifecycle/at-exit.js';
import { registerBeforeFork } from '../lifecycle/before-fork.js';
import { randomBytes } from '../native/random.js';
import { decode } from '../serialization/pickle.js';
import { closeHandles } from '../transport/frame-reader.js';
import { Pending } from '../transport/pending.js';
import type { ProxyClass } from './base-proxy.js';
import { connect } from './connect.js';
import { DESTINATION } from './destination.js';

import { type Message, ToClient, ToServer } from './frames.js';
import { introduce, type Scope } from './handshake.js';
import { Heartbeat } from './heartbeat.js';
import { type Receiver, receivingFor } from './receiving.js';
import { type RemoteObjects, RemoteReference } from './remote-reference.js';
import { type ClientTls, clientTls, type Token, type TravellingToken } from './token.js';
import { Wire, type WireEnd } from './wire.js';

/** For how long objects are held for a forked child, which takes hold of them itself, in ms. */
const FORK_GRACE_MS = 60_000;

export interface ClientOptions {
  readonly address: Address;
  readonly tls: ClientTls | undefined;
  /** How long the server may be silent, in ms; undefined: for ever. */
  readonly timeout: number | undefined;
  /** The manager's key, in a process that has it. */
  readonly authkey?: Uint8Array;
  readonly functions?: boolean;
}

/** An object of which this process has proxies. */
interface Hold {
  readonly token: Token;
  /** How many. */
  proxies: number;
  /** How often the server has given it, or will have given it, to this connection. */
  grants: number;
}

/** What a call is of. */
interface Target {
  readonly object: number;
  readonly method: number;
}

const NO_TARGET: Target = { object: 0, method: 0 };

interface Call {
  readonly pending: Pending<unknown>;
  /** The caller has given it up. */
  aborted: { readonly reason: unknown } | undefined;
}

/**
 * What a process has of a server: one connection for all proxies, over which any number of calls are under way. It is
 * made when it is needed, and again when it was lost.
 */
export class Client implements WireEnd, Receiver, RemoteObjects {
  /** The program's own classes of proxies, by typeid. */
  proxyTypes: ReadonlyMap<string, ProxyClass> | undefined;
  readonly #options: ClientOptions;
  readonly #onIdle: () => void;
  readonly #holds = new Map<number, Hold>();
  readonly #calls = new Map<number, Call>();
  readonly #heartbeat: Heartbeat;
  #id: string | undefined;
  #lastNumber = 0;
  #wire: Wire | undefined;
  #isClosed = false;
  #emptyScratch = new Map<unknown, unknown>();
  readonly #unregister: readonly (() => void)[];

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
    const call: Call = { pending: new Pending<unknown>(), aborted: undefined };
    // What the server was doing by then counts: it may have given away a lock already.
    call.pending.abortOn(signal, (reason) => {
      call.aborted = { reason };
      this.#post(ToServer.CANCEL, number, undefined);
    });
    this.#calls.set(number, call);
    if (this.#calls.size === 1) {
      this.#wire?.read();
      this.#heartbeat.start();
    }
    return call.pending.promise;
  }

  /** Another proxy of an object. */
  hold(token: TravellingToken): RemoteReference {
    let hold = this.#holds.get(token.object);
    if (hold === undefined) {
      const { server, address, object, typeid, exposed, secret } = token;
      const kept = { server, address, object, typeid, exposed, secret, tls: clientTls(this.tls) };
      hold = { token: kept, proxies: 0, grants: 0 };
      this.#holds.set(object, hold);
    }
    hold.proxies++;
    if (token.hold === 'granted') hold.grants++;
    else this.#attach(hold, token.hold);
    return new RemoteReference(this, hold.token);
  }

  /** A proxy of it is gone. */
  release(object: number): void {
    const hold = this.#holds.get(object);
    if (hold === undefined || --hold.proxies > 0) return;
    this.#holds.delete(object);
    if (this.#isClosed) return;
    if (this.#wire !== undefined) this.#post(ToServer.RELEASE, 0, [object, hold.grants]);
    if (this.#holds.size === 0) this.#onIdle();
  }

  /** A proxy of it is on its way to another process. @returns The ticket. */
  grant(object: number): string {
    const ticket = randomBytes(16).toString('hex');
    this.#post(ToServer.GRANT, 0, [object, ticket]);
    return ticket;
  }

  revoke(ticket: string): void {
    if (this.#isClosed) return;
    this.#post(ToServer.REVOKE, 0, [ticket]);
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
    const call = this.#calls.get(number);
    this.#calls.delete(number);
    if (this.#calls.size === 0) this.#heartbeat.stop();
    if (kind === ToClient.DONE) call?.pending.resolve(undefined);
    else this.#settle(call, message);
  }

  #settle(call: Call | undefined, { kind, payload, handles }: Message): void {
    try {
      const { functions = true } = this.#options;
      const value = receivingFor(this, () => decode(payload, { handles, functions }));
      if (kind === ToClient.RETURN) call?.pending.resolve(value);
      else call?.pending.reject(call.aborted === undefined ? value : call.aborted.reason);
    } catch (error) {
      call?.pending.reject(error);
    } finally {
      closeHandles(handles);
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
      scratch: this.#scratch(),
      object,
      method,
    });
  }

  // For the next payload, which hardly ever puts anything into it.
  #scratch(): Map<unknown, unknown> {
    if (this.#emptyScratch.size !== 1) this.#emptyScratch = new Map([[DESTINATION, this]]);
    return this.#emptyScratch;
  }

  /**
   * A connection, which takes hold of all that this process has proxies of.
   * @param tickets - Of those that another process holds for this one.
   */
  #begin(tickets?: ReadonlyMap<number, string>): Wire {
    const wire = new Wire(this);
    this.#wire = wire;
    for (const [object, hold] of this.#holds) {
      hold.grants = 0;
      this.#attach(hold, tickets?.get(object));
    }
    this.#connect().then(
      (connection) => wire.open(connection),
      (error) => wire.fail(error),
    );
    return wire;
  }

  async #connect() {
    const { timeout } = this.#options;
    const connection = await connect(this.#options);
    try {
      const [scope, key] = this.#credentials();
      const id = await introduce(connection, scope, key, { timeout });
      if (this.#id !== undefined && this.#id !== id) {
        throw new EOFError('Another server has taken the place of the one that was there');
      }
      this.#id = id;
      return connection;
    } catch (error) {
      connection.close();
      throw error;
    }
  }

  #credentials(): [Scope, Uint8Array] {
    const { authkey } = this.#options;
    if (authkey !== undefined) return ['manager', authkey];
    const [hold] = this.#holds.values();
    if (hold === undefined) throw new EOFError('Nothing is left that gives access to the server');
    return [hold.token.object, hold.token.secret];
  }

  #attach(hold: Hold, ticket: string | undefined): void {
    const { object, secret } = hold.token;
    this.#post(ToServer.ATTACH, 0, [object, secret, ticket]);
    hold.grants++;
  }

  #failAll(error: Error): void {
    this.#heartbeat.stop();
    const calls = [...this.#calls.values()];
    this.#calls.clear();
    for (const { pending } of calls) pending.reject(error);
  }

  /** A forked child takes hold of all objects itself; this process may have let go by then. */
  #holdForChild(): (() => void) | undefined {
    if (this.#holds.size === 0) return undefined;
    const tickets = new Map([...this.#holds.keys()].map((object) => [object, this.grant(object)]));
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
    for (const { pending } of this.#calls.values()) pending.forget();
    this.#calls.clear();
    this.#heartbeat.stop();
  }

  #sayBye(): void {
    if (this.#wire === undefined) return;
    this.#post(ToServer.BYE, 0, undefined);
    this.#wire.flushSync();
  }
}

/** However the system tells that the other side has ended. */
function isEndOfPeer(error: Error): boolean {
  const { code } = error as NodeJS.ErrnoException;
  return error instanceof EOFError || code === 'EPIPE' || code === 'ECONNRESET';
}

function closed(): ClosedError {
  return new ClosedError('The connection to the manager is closed');
}

/** The signal in the last argument, which cannot travel; the server puts another in its place. */
function takeSignal(args: unknown[]): AbortSignal | undefined {
  const last = args.at(-1) as { signal?: unknown } | null | undefined;
  if (typeof last !== 'object' || last === null || !(last.signal instanceof AbortSignal)) return;
  const { signal, ...rest } = last;
  args[args.length - 1] = rest;
  return signal as AbortSignal;
}
