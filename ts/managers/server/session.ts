import { ClosedError } from '../../errors.js';
import { decode } from '../../serialization/pickle.js';
import type { Connection } from '../../transport/connection.js';
import { RemoteError } from '../errors.js';
import type { Scope } from '../handshake.js';
import { BY_NAME, type Message, ToServer } from '../protocol.js';
import { Wire, type WireEnd } from '../wire.js';
import { Answers } from './answers.js';
import { Books, type Inventory } from './books.js';
import { Call } from './call.js';
import { type Holder, type Losable, runAs } from './caller.js';
import type { Entry } from './object-table.js';
import { Recipient } from './recipient.js';

/** What a session asks of its server. */
export interface SessionServer extends Inventory {
  readonly functions: boolean;
  create(typeid: string, args: unknown[]): unknown;
  invoke(entry: Entry, method: string, args: unknown[]): unknown;
  perform(verb: string, args: unknown[]): unknown;
  ended(session: object): void;
}

/** A process that uses the server: what it calls, and what it holds. All of it ends with its connection. */
export class Session extends Recipient implements WireEnd, Holder {
  readonly isExpecting = true;
  readonly locks = new Set<Losable>();
  readonly #server: SessionServer;
  readonly #scope: Scope;
  readonly #wire: Wire;
  readonly #answers: Answers;
  readonly #books: Books;
  readonly #calls = new Map<number, Call>();
  #saidBye = false;

  constructor(server: SessionServer, connection: Connection, scope: Scope) {
    super();
    this.#server = server;
    this.#scope = scope;
    this.#books = new Books(server);
    this.#wire = new Wire(this);
    this.#answers = new Answers(this.#wire, this);
    this.#wire.open(connection);
  }

  get isGone(): boolean {
    return !this.#wire.isOpen;
  }

  /** The process gets a proxy of the object. */
  grant(entry: Entry): void {
    if (this.#wire.isOpen) this.#books.grants.add(entry);
  }

  release(id: number, times: number): void {
    this.#books.grants.release(id, times);
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
          this.#requireManager('make objects');
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
        this.#answers.pong(number);
        break;
      case ToServer.BYE:
        this.#saidBye = true;
        break;
      default:
        this.#books.enter(kind, this.#decode(message));
    }
  }

  onEnd(error: Error): void {
    this.#letGo(error);
  }

  #call(call: Call, { kind, object, method }: Message, args: unknown[]): unknown {
    const entry = this.#books.grants.find(object);
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
      else this.#answers.return(number, result);
    } catch (error) {
      this.#answers.throw(number, error);
    }
  }

  #answerLater(number: number, call: Call, result: PromiseLike<unknown>): void {
    this.#calls.set(number, call);
    result.then(
      (value) => {
        this.#calls.delete(number);
        this.#answers.return(number, value);
      },
      (error) => {
        this.#calls.delete(number);
        this.#answers.throw(number, error);
      },
    );
  }

  #decode({ payload, handles }: Message): unknown[] {
    const parts = decode(payload, { handles, functions: this.#server.functions });
    if (!Array.isArray(parts)) throw new RemoteError('Expected a list of arguments');
    return parts;
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
    this.#books.close();
    this.#server.ended(this);
  }
}

function isThenable(value: unknown): value is PromiseLike<unknown> {
  return typeof (value as PromiseLike<unknown> | null | undefined)?.then === 'function';
}
