import { lockMethods, type Synchronized } from './synchronized.js';
import { ORIGIN, type Origin, registerView } from './views.js';

/** A character in memory that processes share. */
export class SharedCharacter<T extends Buffer | string = Buffer | string> {
  readonly #origin: Origin;

  /** @internal */
  constructor(origin: Origin) {
    this.#origin = origin;
  }

  /** The character: a Buffer of one byte for the code `c`, a string of one code point for `u`. */
  get value(): T {
    return this.#origin.type.read(this.#origin.place) as T;
  }

  set value(value: T | string) {
    this.#origin.type.write(this.#origin.place, value, 'value');
  }

  toString(): string {
    return String(this.value);
  }

  /** @internal */
  [ORIGIN](): Origin {
    return this.#origin;
  }
}

/** A character in memory that processes share, and a lock for it. */
export class SynchronizedCharacter<T extends Buffer | string = Buffer | string>
  extends SharedCharacter<T>
  implements Synchronized
{
  // What all that has a lock has in common.
  declare getLock: Synchronized['getLock'];
  declare acquire: Synchronized['acquire'];
  declare acquireSync: Synchronized['acquireSync'];
  declare release: Synchronized['release'];
  declare with: Synchronized['with'];
  declare withSync: Synchronized['withSync'];
}

Object.defineProperties(SynchronizedCharacter.prototype, lockMethods);
registerView(SharedCharacter);
registerView(SynchronizedCharacter);
