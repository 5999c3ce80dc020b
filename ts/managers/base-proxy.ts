import { inspect } from 'node:util';
import { TimeoutError } from '../errors.js';
import { assignReducer, type PickleContext } from '../serialization/pickle.js';
import type { AcquireOptions } from '../synchronize/acquire-options.js';
import { validateFunction, validateString } from '../validate.js';
import type { TravellingToken } from './token.js';

/** How a proxy reaches its object. */
export interface Reference {
  /** Of the server that has the object. */
  readonly server: string;
  readonly typeid: string;
  readonly object: number;
  readonly exposed: readonly string[];
  call(method: string, args: unknown[]): Promise<unknown>;
  /** The reference is not used any more; undefined: whoever has it keeps the object by that alone. */
  readonly release: (() => void) | undefined;
  /** What is to travel of it, without the class of its proxy. */
  toToken(context: PickleContext): Omit<TravellingToken, 'proxy'>;
}

/** A class of proxies. */
export interface ProxyClass<P extends BaseProxy = BaseProxy> {
  new (reference: Reference): P;
  /** The methods of the object that it needs. */
  readonly exposed?: readonly string[];
}

const references = new WeakMap<BaseProxy, Reference>();
const collected = new FinalizationRegistry<Reference>((reference) => reference.release?.());

/**
 * Stands for an object that lives in the server of a manager: each method is a call, and returns a promise.
 * Arguments and results are copies, as everything that travels between processes; a proxy may travel itself, also
 * as an argument of another proxy, and keeps its object alive wherever it is.
 *
 * The object lives until nobody has a proxy of it: each ends with its process, and before that when it is disposed
 * of or garbage-collected.
 *
 * A subclass that is given to `register` as `proxyType` calls `_callMethod`, and names the methods of the object that
 * it needs in its static `exposed`.
 *
 * @see Python: `multiprocessing.managers.BaseProxy`; differs: promises; several calls at a time; the death of a
 * process frees what only it had.
 */
export class BaseProxy implements Disposable {
  /** @internal */
  constructor(reference: Reference) {
    references.set(this, reference);
    // Whatever its class is, which travels along only if it is the program's.
    assignReducer(this, BaseProxy);
    if (reference.release !== undefined) collected.register(this, reference, this);
  }

  /**
   * Calls a method of the object. Calls of one process are begun in order; none waits for the end of another.
   * @param method - One of the exposed ones.
   * @param args - An AbortSignal in the last one, `{ signal }`, gives the call up.
   * @returns What the method returns, or resolves to; a proxy where the result stays in the server.
   * @throws What the method throws; the stack is the one that it had there.
   * @throws {ClosedError} ERR_MP_CLOSED: the proxy was disposed of, or its manager shut down.
   * @throws {PicklingError} ERR_MP_PICKLING: an argument or the result cannot travel.
   * @throws {RemoteError} ERR_MP_REMOTE: there is no such method, or no such object any more.
   * @throws {EOFError} ERR_MP_EOF: the server is gone; {TimeoutError} ERR_MP_TIMEOUT: it does not answer.
   * @see Python: `BaseProxy._callmethod`
   */
  _callMethod<R = unknown>(method: string, args: readonly unknown[] = []): Promise<R> {
    // Not an async function, of which every call would be a promise more.
    try {
      validateString('method', method);
      return referenceOf(this).call(method, [...args]) as Promise<R>;
    } catch (error) {
      return Promise.reject(error);
    }
  }

  /**
   * A copy of the object.
   * @see Python: `BaseProxy._getvalue`
   */
  _getValue<R = unknown>(): Promise<R> {
    return this._callMethod<R>(GET_VALUE);
  }

  /**
   * The object as `util.inspect` shows it.
   * @see Python: `str(proxy)`
   */
  _inspect(): Promise<string> {
    return this._callMethod<string>(INSPECT);
  }

  /**
   * Runs a function while no other `_withLock` of the same object runs, in any process. It does not hinder calls that
   * are made without.
   * @throws {TimeoutError} ERR_MP_TIMEOUT: it was not its turn in time; what the function throws.
   */
  async _withLock<T>(fn: () => T | PromiseLike<T>, options?: AcquireOptions): Promise<T> {
    validateFunction('fn', fn);
    const acquired = await this._callMethod(LOCK, options === undefined ? [] : [options]);
    if (!acquired) throw new TimeoutError(`It was not the turn of ${this} in time`);
    try {
      return await fn();
    } finally {
      await this._callMethod(UNLOCK);
    }
  }

  /** Describes the proxy, not the object. */
  toString(): string {
    const { typeid, object } = referenceOf(this);
    return `<${this.constructor.name} typeid='${typeid}' object=${object}>`;
  }

  [inspect.custom](): string {
    return this.toString();
  }

  /** Lets go of the object now. The proxy is of no use afterwards. */
  [Symbol.dispose](): void {
    collected.unregister(this);
    referenceOf(this).release?.();
  }
}

/** Verbs that every object has. */
export const GET_VALUE = '#GETVALUE';
export const INSPECT = '#STR';
export const LOCK = '#LOCK';
export const UNLOCK = '#UNLOCK';

export function referenceOf(proxy: BaseProxy): Reference {
  return references.get(proxy)!;
}
