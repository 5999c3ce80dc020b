import { ClosedError, ProcessError } from '../errors.js';
import { type AnyClass, registerReducer } from '../serialization/codec.js';
import type { ObjectKind } from './kinds.js';
import { type ObjectAddress, SharedObject } from './shared-object.js';

const collected = new FinalizationRegistry<SharedObject>((object) => object.release());

/**
 * What the program has of an object that processes share. The object is freed when no process has a handle
 * of it any more: each ends with its process, and before by `close()` or when it is garbage-collected.
 */
export abstract class SharedHandle implements Disposable {
  #object: SharedObject | undefined;

  /** @internal */
  constructor(object: SharedObject) {
    this.#object = object;
    object.retain();
    collected.register(this, object, this);
  }

  /** Whether this handle is closed. */
  get closed(): boolean {
    return this.#object === undefined;
  }

  /**
   * Lets go of the object, which other handles of it, here and in other processes, keep. What waits on it
   * in this thread fails with ClosedError when it was the last handle here. Idempotent.
   */
  close(): void {
    const object = this.#object;
    if (object === undefined) return;
    this.#object = undefined;
    collected.unregister(this);
    object.release();
  }

  [Symbol.dispose](): void {
    this.close();
  }

  /** @internal */
  sharedObject(): SharedObject {
    if (this.#object === undefined) throw new ClosedError(`The ${this.constructor.name} is closed`);
    return this.#object;
  }
}

/** What travels of a handle: the address, and what else it is made with. */
type ReducedHandle<R> = readonly [ObjectAddress, R];

export interface HandleReducer<T, R> {
  readonly kind: ObjectKind;
  /** What else the handle is made of. */
  describe(handle: T): R;
  make(object: SharedObject, description: R): T;
}

/** Handles of this class may be sent to any process of the tree, in any way. */
export function registerHandle<T extends SharedHandle, R>(
  Class: AnyClass<T>,
  { kind, describe, make }: HandleReducer<T, R>,
): void {
  registerReducer<T, ReducedHandle<R>>(
    Class,
    {
      reduce(handle, { undo }) {
        const object = handle.sharedObject();
        object.pin();
        undo.push(() => object.unpin());
        return [object.address, describe(handle)];
      },
      rebuild([address, description]) {
        const object = SharedObject.find(kind, address);
        if (object === undefined) throw new ProcessError(explainAbsence(kind));
        return make(object, description);
      },
    },
    { name: kind.name },
  );
}

function explainAbsence({ name }: ObjectKind): string {
  return (
    `This ${name} is not to be found: either every process has closed it, or it belongs to another tree ` +
    'of processes. Only a process and its descendants share such objects'
  );
}
