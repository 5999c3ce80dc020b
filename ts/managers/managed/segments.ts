import type { ShareableInput } from '../../primitives/shareable-list.js';
import { ShareableList } from '../../primitives/shareable-list.js';
import { SharedMemory } from '../../primitives/shared-memory.js';

/** A segment of shared memory that lives as long as the server wants it to. */
export class SharedMemoryOwner implements Disposable {
  readonly #memory: SharedMemory;

  constructor(size: number) {
    this.#memory = new SharedMemory({ create: true, size });
  }

  name(): string {
    return this.#memory.name;
  }

  [Symbol.dispose](): void {
    this.#memory.close();
    this.#memory.unlink();
  }
}

/** The same, of a list. */
export class SharedListOwner implements Disposable {
  readonly #list: ShareableList;

  constructor(items: Iterable<ShareableInput>) {
    this.#list = new ShareableList([...items]);
  }

  name(): string {
    return this.#list.shm.name;
  }

  [Symbol.dispose](): void {
    this.#list.shm.close();
    this.#list.shm.unlink();
  }
}
