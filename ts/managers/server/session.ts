import { inspect } from 'node:util';
import { ClosedError, PicklingError } from '../../errors.js';
import { decode } from '../../serialization/pickle.js';
import type { Connection } from '../../transport/connection.js';
import { closeHandles } from '../../transport/frame-reader.js';
import { DESTINATION } from '../destination.js';
import { RemoteError } from '../errors.js';
import { BY_NAME, type Message, ToClient, ToServer } from '../frames.js';
import type { Scope } from '../handshake.js';
import { Wire, type WireEnd } from '../wire.js';
import { type Caller, type Holder, type Losable, runAs } from './caller.js';
import type { Entry, ObjectTable } from './object-table.js';
import { Recipient } from './recipient.js';
import type { Tickets } from './tickets.js';

/** What a session asks of its server. */
export interface SessionServer {
  readonly table: ObjectTable;
  readonly tickets: Tickets;
  readonly functions: boolean;
  create(typeid: string, args: unknown[]): unknown;
  invoke(entry: Entry, method: string, args: unknown[]): unknown;
  perform(verb: string, args: unknown[]): unknown;
  /** Undefined: there is no such object, or the secret is not its own. */
  find(object: number, secret: unknown): Entry | undefined;
  ended(session: object): void;
}

/** A call of a process. */
class Call implements Caller {
  readonly holder: Holder;
  #controller: AbortController | undefined;

  constructor(holder: Holder) {
    this.holder = holder;
  }

  get signal(): AbortSignal {
    this.#controller ??= new AbortController();
    return this.#controller.signal;
  }

  abort(reason: unknown): void {
    this.#controller?.abort(reason);
  }
}

interface Grant {
  readonly entry: Entry;
  times: number;
}

/** A process that uses the server: what it calls, and what it holds. All of it ends with its connection. */
export class Session extends Recipient implements WireEnd, Holder {
  readonly isExpecting = true;
  readonly locks = new Set<Losable>();
  readonly #server: SessionServer;
  readonly #scope: Scope;
  readonly #wire: Wire;
  readonly #grants = new Map<number, Grant>();
  readonly #calls = new Map<number, Call>();
  readonly #tickets = new Set<string>();
  #saidBye = false;
  #emptyScratch = new Map<unknown, unknown>();

  constructor(server: SessionServer, connection: Connection, scope: Scope) {
    super();
    this.#server = server;
    this.#scope = scope;
    this.#wire = new Wire(this);
    this.#wire.open(connection);
  }

  get isGone(): boolean {
    return !this.#wire.isOpen;
  }

  /** The process gets a proxy of the object. */
  grant(entry: Entry): void {
    if (!this.#wire.isOpen) return;
    const grant = this.#grants.get(entry.id);
    if (grant !== undefined) {
      grant.times++;
      return;
    }
    this.#server.table.hold(entry);
    this.#grants.set(entry.id, { entry, times: 1 });
  }

  /** As often as that proxies have gone that it got. */
  release(id: number, times: number): void {
    const grant = this.#grants.get(id);
    if (grant === undefined) return;
    grant.times -= times;
    if (grant.times > 0) return;
    this.#grants.delete(id);
    this.#server.table.release(grant.entry);
  }

  close(): void {
    this.#wire.close();
    this.#letGo(new ClosedError('The server of the manager was shut down'));
  }

  onMessage(message: Message): void {
    const { kind, number } = message;
    switch (kind) {
      case ToServer.CALL:
      case ToServer.CALL_WITH_SIGNAL:
        this.#perform(message, (call, args) => this.#call(call, message, args));
        break;
      case ToServer.CREATE:
        this.#perform(message, (_call, [typeid, args]) => {
          this.#requireManager(`make objects`);
          return this.#server.create(typeid as string, args as unknown[]);
        });
        break;
      case ToServer.VERB:
        this.#perform(message, (_call, [verb, ...args]) => {
          this.#requireManager(`ask for ${verb}`);
          return this.#server.perform(verb as string, args);
        });
        break;
      case ToServer.CANCEL:
        this.#calls.get(number)?.abort(new DOMException('The call was given up', 'AbortError'));
        break;
      case ToServer.PING:
        this.#post(ToClient.PONG, number, undefined);
        break;
      case ToServer.BYE:
        this.#saidBye = true;
        break;
      default:
        this.#keepBooks(message);
    }
  }

  onEnd(error: Error): void {
    this.#letGo(error);
  }

  /** What changes nothing but who holds what: nobody awaits an answer. */
  #keepBooks(message: Message): void {
    const [first, second, third] = this.#decode(message);
    switch (message.kind) {
      case ToServer.ATTACH:
        this.#attach(first as number, second as Uint8Array, third as string | undefined);
        break;
      case ToServer.GRANT:
        this.#issue(first as number, second as string);
        break;
      case ToServer.REVOKE:
        this.#tickets.delete(first as string);
        this.#server.tickets.drop(first as string);
        break;
      case ToServer.RELEASE:
        this.release(first as number, second as number);
        break;
      default:
        throw new RemoteError(
          `Expected a message for a server, received one of kind ${message.kind}`,
        );
    }
  }

  #attach(id: number, secret: Uint8Array, ticket: string | undefined): void {
    const entry = this.#server.find(id, secret);
    if (entry !== undefined) this.grant(entry);
    if (ticket !== undefined) this.#server.tickets.redeem(ticket);
  }

  #issue(id: number, ticket: string): void {
    const grant = this.#grants.get(id);
    if (grant === undefined) return;
    this.#tickets.add(ticket);
    this.#server.tickets.issue(ticket, grant.entry);
  }

  #call(call: Call, { kind, object, method }: Message, args: unknown[]): unknown {
    const entry = this.#grants.get(object)?.entry;
    if (entry === undefined) {
      throw new RemoteError(
        `There is no object ${object} any more: nobody held it, or the process that did was killed`,
      );
    }
    const name = method === BY_NAME ? args.shift() : entry.exposed[method];
    if (kind === ToServer.CALL_WITH_SIGNAL) {
      args.push({ ...(args.pop() as object), signal: call.signal });
    }
    return this.#server.invoke(entry, String(name), args);
  }

  /** Decodes a call, performs it, and answers when it is done. */
  #perform(message: Message, action: (call: Call, parts: unknown[]) => unknown): void {
    const { number } = message;
    const call = new Call(this);
    try {
      const result = runAs(call, () => action(call, this.#decode(message)));
      if (isThenable(result)) this.#answerLater(number, call, result);
      else this.#return(number, result);
    } catch (error) {
      this.#throw(number, error);
    }
  }

  #answerLater(number: number, call: Call, result: PromiseLike<unknown>): void {
    this.#calls.set(number, call);
    result.then(
      (value) => {
        this.#calls.delete(number);
        this.#return(number, value);
      },
      (error) => {
        this.#calls.delete(number);
        this.#throw(number, error);
      },
    );
  }

  #return(number: number, value: unknown): void {
    if (value === undefined) {
      if (this.#wire.isOpen) this.#wire.postEmpty(ToClient.DONE, number);
      return;
    }
    try {
      this.#post(ToClient.RETURN, number, value);
    } catch (error) {
      this.#throw(number, error);
    }
  }

  #throw(number: number, error: unknown): void {
    try {
      this.#post(ToClient.ERROR, number, error);
    } catch (cause) {
      if (!(cause instanceof PicklingError)) throw cause;
      this.#post(ToClient.ERROR, number, new RemoteError(`The method threw ${inspect(error)}`));
    }
  }

  #post(kind: number, number: number, value: unknown): void {
    if (!this.#wire.isOpen) return;
    this.#wire.post(kind, number, value, { root: 'result', scratch: this.#scratch() });
  }

  // For the next payload, which hardly ever puts anything into it.
  #scratch(): Map<unknown, unknown> {
    if (this.#emptyScratch.size !== 1) this.#emptyScratch = new Map([[DESTINATION, this]]);
    return this.#emptyScratch;
  }

  #decode({ payload, handles }: Message): unknown[] {
    try {
      const parts = decode(payload, { handles, functions: this.#server.functions });
      if (!Array.isArray(parts)) throw new RemoteError('Expected a list of arguments');
      return parts;
    } finally {
      closeHandles(handles);
    }
  }

  #requireManager(what: string): void {
    if (this.#scope === 'manager') return;
    throw new RemoteError(
      `A process that has only a proxy cannot ${what}: it has to connect with the manager's authkey`,
    );
  }

  #letGo(reason: unknown): void {
    for (const call of this.#calls.values()) call.abort(reason);
    this.#calls.clear();
    if (!this.#saidBye) for (const lock of [...this.locks]) lock.holderDied(this);
    this.locks.clear();
    for (const { entry } of this.#grants.values()) this.#server.table.release(entry);
    this.#grants.clear();
    for (const ticket of this.#tickets) this.#server.tickets.expire(ticket);
    this.#server.ended(this);
  }
}

function isThenable(value: unknown): value is PromiseLike<unknown> {
  return typeof (value as PromiseLike<unknown> | null | undefined)?.then === 'function';
}
