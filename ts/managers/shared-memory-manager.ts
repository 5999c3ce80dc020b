import { type ShareableInput, ShareableList } from '../primitives/shareable-list.js';
import { SharedMemory } from '../primitives/shared-memory.js';
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
  /** @param size - Bytes. */
  async SharedMemory(size: number): Promise<SharedMemory> {
    return new SharedMemory({ name: await this.#make('SharedMemory', size) });
  }

  async ShareableList(items: Iterable<ShareableInput>): Promise<ShareableList> {
    return new ShareableList(undefined, { name: await this.#make('ShareableList', [...items]) });
  }

  async #make(typeid: string, argument: unknown): Promise<string> {
    const proxy = (await this._create(typeid, [argument])) as SegmentProxy;
    await this._keep(referenceOf(proxy).object);
    return proxy.name();
  }
}

for (const typeid of ['SharedMemory', 'ShareableList']) {
  addType(SharedMemoryManager, { typeid, description: typeid, proxyType: undefined });
}
