import { type ShareableInput, ShareableList } from '../primitives/shareable-list.js';
import { SharedMemory } from '../primitives/shared-memory.js';
import { validateIterable } from '../validate.js';
import { BaseManager } from './base-manager.js';
import { referenceOf } from './base-proxy.js';
import type { SegmentProxy } from './proxies/segment-proxy.js';
import { addType } from './registered.js';

/**
 * Makes segments of shared memory that go with its server: none has to be unlinked.
 * @example
 * await using manager = new SharedMemoryManager();
 * await manager.start();
 * const list = await manager.ShareableList(range(2000));
 * @see Python: `multiprocessing.managers.SharedMemoryManager`
 */
export class SharedMemoryManager extends BaseManager {
  /**
   * A new segment, which is unlinked when the server is shut down.
   * @param size - Bytes; at least 1.
   * @returns The segment, open in this process. Others open it by its name.
   * @throws As `new SharedMemory`, and as `create`
   * @see Python: `SharedMemoryManager.SharedMemory`
   */
  async SharedMemory(size: number): Promise<SharedMemory> {
    return new SharedMemory({ name: await this.#make('SharedMemory', size) });
  }

  /**
   * A new list in a segment of its own, which is unlinked when the server is shut down.
   * @throws As `new ShareableList`, and as `create`
   * @see Python: `SharedMemoryManager.ShareableList`
   */
  async ShareableList(items: Iterable<ShareableInput>): Promise<ShareableList> {
    return new ShareableList(undefined, {
      name: await this.#make('ShareableList', [...validateIterable('items', items)]),
    });
  }

  async #make(typeid: string, argument: unknown): Promise<string> {
    const proxy = (await this._create(typeid, [argument])) as SegmentProxy;
    try {
      await this._keep(referenceOf(proxy).object);
      return await proxy.name();
    } finally {
      proxy[Symbol.dispose]();
    }
  }
}

for (const typeid of ['SharedMemory', 'ShareableList']) {
  addType(SharedMemoryManager, { typeid, description: typeid, proxyType: undefined });
}
