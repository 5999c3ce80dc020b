import { inspect } from 'node:util';
import type { Address } from '../../connection/address.js';
import { InvalidStateError } from '../../errors.js';
import { native } from '../../native/binding.js';
import { randomBytes } from '../../native/random.js';
import type { AcquireOptions } from '../../synchronize/acquire-options.js';
import { MAX_TIMER_MS } from '../../time.js';
import type { Connection } from '../../transport/connection.js';
import {
  type BaseProxy,
  GET_VALUE,
  INSPECT,
  LOCK,
  type ProxyClass,
  UNLOCK,
} from '../base-proxy.js';
import { RemoteError } from '../errors.js';
import { type Scope, welcome } from '../handshake.js';
import { autoProxyClass, proxyClassNamed } from '../proxy-classes.js';
import type { DescribedType } from '../registration.js';
import type { TravellingToken } from '../token.js';
import { builtinTypes } from './builtin-types.js';
import { collectGarbage } from './collect-garbage.js';
import { copyOf } from './copy-of.js';
import { type HomeServer, LocalReference } from './local-reference.js';
import { ManagedType } from './managed-type.js';
import { type Entry, ObjectTable } from './object-table.js';
import { type RunningServer, registerServer } from './running.js';
import { Session, type SessionServer } from './session.js';
import { Tickets } from './tickets.js';

export interface ServerOptions {
  /** A typeid alone stands for one of the types that every server has. */
  readonly types: readonly (DescribedType | string)[];
  readonly authkey: Uint8Array;
  /** Whether processes may send functions and classes. */
  readonly functions: boolean;
  /** How long a process may take to prove that it holds a key, in ms. */
  readonly handshakeTimeout: number;
  /** For how long the network may not reach a process of another machine, in ms; undefined: a minute. */
  readonly timeout: number | undefined;
}

/** The objects of a manager, and the processes that use them. */
export class Server implements RunningServer, SessionServer, HomeServer {
  readonly id: string = randomBytes(16).toString('hex');
  readonly table: ObjectTable = new ObjectTable();
  readonly tickets: Tickets = new Tickets(this.table);
  readonly functions: boolean;
  readonly address: Address;
  readonly #options: ServerOptions;
  readonly #types: Map<string, ManagedType>;
  readonly #secret = randomBytes(32);
  readonly #sessions = new Set<Session>();
  // With what right those come who have just been greeted.
  readonly #scopes = new WeakMap<Connection, Scope>();
  readonly #unregister: () => void;
  readonly #onShutdown: () => void;

  constructor(address: Address, options: ServerOptions, onShutdown: () => void) {
    this.address = address;
    this.functions = options.functions;
    this.#options = options;
    this.#types = new Map(options.types.map(toManagedType).map((type) => [type.typeid, type]));
    this.#onShutdown = onShutdown;
    this.#unregister = registerServer(this);
  }

  /** A process has to prove that it holds a key. @throws {AuthenticationError} */
  async greet(connection: Connection): Promise<void> {
    const { handshakeTimeout, timeout } = this.#options;
    if (timeout !== undefined) {
      native.limitSilence(connection.fileno(), Math.min(timeout, MAX_TIMER_MS));
    }
    const wait = { timeout: handshakeTimeout };
    this.#scopes.set(connection, await welcome(connection, this, wait));
  }

  /** It has. */
  admit(connection: Connection): void {
    const scope = this.#scopes.get(connection);
    if (scope !== undefined) this.#sessions.add(new Session(this, connection, scope));
  }

  keyOf(scope: Scope): Uint8Array {
    return scope === 'manager' ? this.#options.authkey : this.secretOf(scope);
  }

  /** What gives access to one object. */
  secretOf(object: number): Uint8Array {
    const crypto = process.getBuiltinModule('node:crypto');
    return crypto.createHmac('sha256', this.#secret).update(String(object)).digest();
  }

  /** Undefined: there is none, or the secret is not its own. */
  find(object: number, secret: unknown): Entry | undefined {
    return equalBytes(this.secretOf(object), secret) ? this.table.find(object) : undefined;
  }

  /** A proxy of a new object. */
  create(typeid: string, args: unknown[]): BaseProxy | Promise<BaseProxy> {
    const type = this.#types.get(typeid);
    if (type === undefined) {
      throw new RemoteError(`'${typeid}' is not registered in the server of the manager`);
    }
    return this.#add(type.create(args), type);
  }

  /** Calls a method; the result may be a promise. */
  invoke(entry: Entry, method: string, args: unknown[]): unknown {
    if (method.startsWith('#')) return performOn(entry, method, args);
    const { object, type } = entry;
    const fn: unknown = entry.exposes(method) ? (object as Record<string, unknown>)[method] : null;
    if (typeof fn !== 'function') {
      throw new RemoteError(
        `Expected a method of '${type.typeid}', one of ${entry.exposed.join(', ')}; received '${method}'`,
      );
    }
    const result: unknown = fn.apply(object, args);
    const typeid = type.resultOf(method);
    return typeid === undefined ? result : this.#store(result, typeid);
  }

  /** What is asked of the server itself. */
  perform(verb: string, args: unknown[]): unknown {
    switch (verb) {
      case 'hello':
        return undefined;
      case 'shutdown':
        // Whoever asks is told before.
        setImmediate(() => this.shutdown());
        return undefined;
      case 'numberOfObjects':
        return collectGarbage().then(() => this.table.size);
      case 'keep':
        return this.#keepAlways(args[0] as number);
      case 'debugInfo':
        return this.#describe();
      default:
        throw new RemoteError(`Expected a verb of the server, received ${inspect(verb)}`);
    }
  }

  /** A proxy that has come, or come back, to its object. */
  adopt(token: TravellingToken): BaseProxy {
    const entry = this.find(token.object, token.secret);
    if (entry === undefined) throw new RemoteError(`There is no object ${token.object} any more`);
    entry.isReferred = true;
    if (token.hold !== undefined) this.tickets.redeem(token.hold);
    return this.proxyOf(entry);
  }

  /** For use in this process, and to be sent to others. */
  proxyOf(entry: Entry): BaseProxy {
    const { proxy, typeid } = entry.type;
    const known: ProxyClass | undefined = proxyClassNamed(proxy, typeid, entry.exposed);
    const Class = known ?? autoProxyClass(typeid, entry.exposed);
    return new Class(new LocalReference(this, entry));
  }

  ended(session: object): void {
    this.#sessions.delete(session as Session);
  }

  /** Ends all connections and lets go of all objects. Idempotent. */
  shutdown(): void {
    this.#unregister();
    for (const session of [...this.#sessions]) session.close();
    this.tickets.clear();
    this.table.clear();
    this.#onShutdown();
  }

  #store(result: unknown, typeid: string): BaseProxy | Promise<BaseProxy> {
    const type = this.#types.get(typeid);
    if (type === undefined) throw new InvalidStateError(`'${typeid}' is not registered`);
    return this.#add(result, type);
  }

  #add(object: unknown, type: ManagedType): BaseProxy | Promise<BaseProxy> {
    if (object instanceof Promise) return object.then((it) => this.#add(it, type));
    return this.proxyOf(this.table.add(object, type));
  }

  // What no process has to hold: it is there until the server is shut down.
  #keepAlways(id: number): void {
    const entry = this.table.find(id);
    if (entry !== undefined) this.table.hold(entry);
  }

  #describe(): string {
    return this.table
      .entries()
      .map(({ id, holds, type, object }) => {
        const text = inspect(copyOf(object), { depth: 1, breakLength: Number.POSITIVE_INFINITY });
        return `  ${id}: holds=${holds} ${type.typeid} ${text.slice(0, 75)}`;
      })
      .join('\n');
  }
}

function toManagedType(type: DescribedType | string): ManagedType {
  return new ManagedType(typeof type === 'string' ? builtinTypes.get(type)! : type);
}

/** What every object can be asked for. */
function performOn(entry: Entry, verb: string, args: unknown[]): unknown {
  const { object } = entry;
  switch (verb) {
    case GET_VALUE:
      return copyOf(object);
    case INSPECT:
      return inspect(copyOf(object));
    case LOCK:
      return entry.lock.acquire(args[0] as AcquireOptions | undefined);
    case UNLOCK:
      return entry.lock.release();
    default:
      throw new RemoteError(`Expected a verb of an object, received ${inspect(verb)}`);
  }
}

function equalBytes(a: Uint8Array, b: unknown): boolean {
  if (!(b instanceof Uint8Array) || a.length !== b.length) return false;
  return process.getBuiltinModule('node:crypto').timingSafeEqual(a, b);
}
