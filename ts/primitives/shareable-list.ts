import { inspect } from 'node:util';
import { registerReducer } from '../serialization/codec.js';
import { invalidType, outOfRange, validateInteger, validateOptions } from '../validate.js';
import {
  isSameItem,
  type PackedItem,
  packItem,
  ShareableFloat,
  type ShareableInput,
  type ShareableItem,
  unpackItem,
} from './list-items.js';
import {
  isTooLong,
  type ListLayout,
  planLayout,
  readLayout,
  slotSize,
  writeHeader,
} from './list-layout.js';
import { SharedMemory, type SharedMemoryOptions } from './shared-memory.js';

export type { ShareableFloat, ShareableInput, ShareableItem };

const FORMAT_SIZE = 8;

export type ShareableListOptions = Pick<SharedMemoryOptions, 'name' | 'track'>;

/**
 * A list of fixed length in shared memory, in the layout of Python's: processes of both read and write the
 * same items. Each item may be replaced by one of any type that fits where it is.
 *
 * | here                     | in Python | read here as                                 |
 * | ------------------------ | --------- | -------------------------------------------- |
 * | a safe integer, a bigint | `int`     | a number where it is safe, a bigint elsewhere |
 * | any other number         | `float`   | a number                                     |
 * | `ShareableList.float(1)` | `float`   | a number                                     |
 * | a boolean                | `bool`    | a boolean                                    |
 * | a string                 | `str`     | a string                                     |
 * | a Uint8Array             | `bytes`   | a Buffer, a copy                             |
 * | `null`                   | `None`    | `null`                                       |
 *
 * A number that is written where a `float` is stays one. What the layout cannot hold is an error before
 * anything is written: an integer of more than 64 bits, a NUL at the end of a string or of bytes, a
 * lone surrogate. There are no locks: items that several processes write at once need one.
 *
 * Sent to another process it travels as its name: the other side attaches.
 *
 * @example
 * const list = new ShareableList(['text', 42, 0.5, true, null]);
 * list.set(-1, 7);
 * console.log([...list], list.shm.name);
 *
 * @see Python: `multiprocessing.shared_memory.ShareableList`; differs: strings have room by their
 * bytes, not their characters. A list of CPython 3.8 is read and written, but 3.8 reads none of ours.
 */
export class ShareableList implements Disposable, Iterable<ShareableItem> {
  /** The segment; `list.shm.unlink()` takes its name away. */
  readonly shm: SharedMemory;
  readonly #layout: ListLayout;

  /**
   * Creates a list of these items; or, without items, attaches to the one that has the name.
   * @param items - Any iterable. None and no name: an empty list.
   * @throws TypeError ERR_INVALID_ARG_TYPE, RangeError ERR_OUT_OF_RANGE: an item that a list cannot
   * hold, which is named: `items[2]`.
   * @throws {PicklingError} ERR_MP_PICKLING: what has the name is no list.
   * @throws As `SharedMemory`.
   */
  constructor(items?: Iterable<ShareableInput>, options?: ShareableListOptions) {
    const { name, track } = validateOptions(options);
    const named = {
      ...(name === undefined ? {} : { name }),
      ...(track === undefined ? {} : { track }),
    };
    if (items === undefined && name !== undefined) {
      this.shm = new SharedMemory(named);
      this.#layout = attach(this.shm);
    } else {
      const packed = packItems(items === undefined ? [] : items);
      this.#layout = planLayout(packed);
      this.shm = new SharedMemory({ ...named, create: true, size: this.#layout.size });
      for (const [i, item] of packed.entries()) this.#write(i, item);
      writeHeader(this.shm.buf, this.#layout);
    }
  }

  /** Has a number be a `float` in Python, also where it is whole, as `1` in `1.0`. */
  static float(value: number): ShareableFloat {
    return new ShareableFloat(value);
  }

  get length(): number {
    return this.#layout.length;
  }

  /** The formats of Python's `struct` module of all items, one after the other: `'8sqd'`. */
  get format(): string {
    return Array.from({ length: this.length }, (_, i) => this.#formatAt(i)).join('');
  }

  /**
   * The item at a position; negative ones count from the end.
   * @throws RangeError ERR_OUT_OF_RANGE: there is no such position.
   * @throws {PicklingError} ERR_MP_PICKLING: what is there is no item.
   * @throws {ClosedError} ERR_MP_CLOSED
   * @see Python: `list[position]`
   */
  get<T extends ShareableItem = ShareableItem>(position: number): T {
    return this.#read(this.#indexOf(position)) as T;
  }

  /**
   * Replaces an item; the new one may be of another type.
   * @throws RangeError ERR_OUT_OF_RANGE: there is no such position; or a list cannot hold the item, or not
   * there: a string or bytes must not be longer than what was there at first, rounded up to 8 bytes.
   * @throws TypeError ERR_INVALID_ARG_TYPE
   * @throws {ClosedError} ERR_MP_CLOSED
   * @see Python: `list[position] = item`
   */
  set(position: number, item: ShareableInput): void {
    const i = this.#indexOf(position);
    const packed = packItem(item, 'item', this.#formatAt(i) === 'd');
    const { length } = packed.bytes;
    const room = this.#room(i);
    if (length > room) {
      throw outOfRange(
        'item',
        `of at most ${room} bytes, as there is room for, not ${length}`,
        item,
      );
    }
    this.#write(i, packed);
  }

  /**
   * How many items are equal to this one: numbers by value, bytes by content.
   * @see Python: `ShareableList.count`; differs: `true` is not 1.
   */
  count(item: ShareableItem): number {
    let count = 0;
    for (const other of this) if (isSameItem(other, item)) count++;
    return count;
  }

  /**
   * The position of the first item that is equal to this one.
   * @returns -1 when there is none.
   * @see Python: `ShareableList.index`; differs: that raises an error when there is none.
   */
  index(item: ShareableItem): number {
    for (let i = 0; i < this.length; i++) if (isSameItem(this.#read(i), item)) return i;
    return -1;
  }

  *[Symbol.iterator](): IterableIterator<ShareableItem> {
    for (let i = 0; i < this.length; i++) yield this.#read(i);
  }

  /** `shm.close()`. */
  close(): void {
    this.shm.close();
  }

  /** `close()`; the segment stays. */
  [Symbol.dispose](): void {
    this.close();
  }

  [inspect.custom](): string {
    return `${this.constructor.name}(${this.length} items, name='${this.shm.name}')`;
  }

  #indexOf(position: number): number {
    const { length } = this;
    if (length === 0)
      throw outOfRange('position', 'one of an item, of which there are none', position);
    validateInteger('position', position, { min: -length, max: length - 1 });
    return position < 0 ? position + length : position;
  }

  #room(i: number): number {
    const { offsets } = this.#layout;
    return offsets[i + 1]! - offsets[i]!;
  }

  #formatAt(i: number): string {
    const { buf } = this.shm;
    const start = this.#layout.formats + i * FORMAT_SIZE;
    let end = start;
    while (end < start + FORMAT_SIZE && buf[end] !== 0) end++;
    return buf.toString('latin1', start, end);
  }

  #read(i: number): ShareableItem {
    const { buf } = this.shm;
    const { offsets, transforms } = this.#layout;
    const slot = buf.subarray(offsets[i], offsets[i + 1]);
    return unpackItem(this.#formatAt(i), buf[transforms + i]!, slot);
  }

  #write(i: number, { format, transform, bytes }: PackedItem): void {
    const { buf } = this.shm;
    const { offsets, formats, transforms } = this.#layout;
    const room = this.#room(i);
    const start = formats + i * FORMAT_SIZE;
    buf.fill(0, start, start + FORMAT_SIZE);
    buf.write(format === 's' ? `${room}s` : format, start, 'latin1');
    buf[transforms + i] = transform;
    buf.set(bytes, offsets[i]);
    if (format === 's') buf.fill(0, offsets[i]! + bytes.length, offsets[i + 1]);
  }
}

function packItems(items: Iterable<ShareableInput>): PackedItem[] {
  if (typeof items?.[Symbol.iterator] !== 'function')
    throw invalidType('items', 'an iterable', items);
  return Array.from(items, (item, i) => {
    const where = `items[${i}]`;
    const packed = packItem(item, where);
    if (isTooLong(packed)) {
      throw outOfRange(where, 'less than 10,000,000 bytes long', `${slotSize(packed)} bytes`);
    }
    return packed;
  });
}

function attach(shm: SharedMemory): ListLayout {
  try {
    return readLayout(shm.buf, shm.name);
  } catch (error) {
    shm.close();
    throw error;
  }
}

registerReducer<ShareableList, string>(
  ShareableList,
  {
    reduce(list) {
      // What is closed is not passed on.
      void list.shm.buf;
      return list.shm.name;
    },
    rebuild: (name, _, Class) => Reflect.construct(ShareableList, [undefined, { name }], Class),
  },
  { name: 'ShareableList' },
);
