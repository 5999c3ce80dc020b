import { ClosedError } from '../errors.js';
import type { PickleContext } from '../serialization/pickle.js';
import type { Reference } from './base-proxy.js';
import { destinationOf } from './destination.js';
import { BY_NAME } from './protocol.js';
import type { Token, TravellingToken } from './token.js';

/** What this process has of a server. */
export interface RemoteObjects {
  /** `method`: its place among those that the object has, or BY_NAME. */
  call(object: number, method: number, args: unknown[]): Promise<unknown>;
  /** A proxy of it is gone. */
  release(object: number): void;
  /** A proxy of it is on its way to another process. @returns The ticket. */
  grant(object: number): string;
  revoke(ticket: string): void;
}

/** How a proxy reaches its object in another process. */
export class RemoteReference implements Reference {
  readonly #client: RemoteObjects;
  readonly #token: Token;
  #isReleased = false;

  constructor(client: RemoteObjects, token: Token) {
    this.#client = client;
    this.#token = token;
  }

  get server(): string {
    return this.#token.server;
  }

  get typeid(): string {
    return this.#token.typeid;
  }

  get object(): number {
    return this.#token.object;
  }

  get exposed(): readonly string[] {
    return this.#token.exposed;
  }

  call(method: string, args: unknown[]): Promise<unknown> {
    if (this.#isReleased) return Promise.reject(disposed());
    const { object, exposed } = this.#token;
    const place = exposed.indexOf(method);
    if (place >= 0) return this.#client.call(object, place, args);
    return this.#client.call(object, BY_NAME, [method, ...args]);
  }

  release(): void {
    if (this.#isReleased) return;
    this.#isReleased = true;
    this.#client.release(this.object);
  }

  toToken({ scratch, undo }: PickleContext): Omit<TravellingToken, 'proxy'> {
    if (this.#isReleased) throw disposed();
    // In a call of the same server, this process holds the object for as long as the call needs.
    if (destinationOf(scratch) === this.#client) return { ...this.#token, hold: undefined };
    const ticket = this.#client.grant(this.object);
    undo.push(() => this.#client.revoke(ticket));
    return { ...this.#token, hold: ticket };
  }
}

function disposed(): ClosedError {
  return new ClosedError('The proxy was disposed of');
}
