/** Segments and lists that CPython and this package share, in both directions. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { ShareableInput } from '../../ts/primitives/shareable-list.js';
import { ShareableList } from '../../ts/primitives/shareable-list.js';
import { SharedMemory } from '../../ts/primitives/shared-memory.js';
import { thrownBy } from '../helpers/pipes.js';
import { type PythonPeer, startPythonPeer } from '../helpers/python-peer.js';
import { findPythons, type Python } from '../helpers/pythons.js';

type PythonItem = readonly [type: string, text: string | number[]];

/** As JavaScript has it, as Python has it, and as that is read by JavaScript. */
const items: readonly (readonly [ShareableInput, PythonItem, unknown?])[] = [
  [0, ['int', '0']],
  [-1, ['int', '-1']],
  [2 ** 53 - 1, ['int', '9007199254740991']],
  [2n ** 63n - 1n, ['int', '9223372036854775807']],
  [-(2n ** 63n), ['int', '-9223372036854775808']],
  [0.1, ['float', '0.1']],
  [1e300, ['float', '1e+300']],
  [-0, ['float', '-0.0']],
  [Number.NEGATIVE_INFINITY, ['float', 'float("-inf")']],
  [ShareableList.float(3), ['float', '3.0'], 3],
  [true, ['bool', 'True']],
  [false, ['bool', 'False']],
  [null, ['NoneType', 'None']],
  ['', ['str', "''"]],
  ['howdy', ['str', "'howdy'"]],
  ['12345678', ['str', "'12345678'"]],
  ['grüße €', ['str', "'grüße €'"]],
  ['😀', ['str', "'😀'"]],
  ['grü€', ['str', "'grü€'"]],
  [Buffer.from([0, 1, 255]), ['bytes', [0, 1, 255]]],
  [Buffer.alloc(0), ['bytes', []]],
];
const ours = items.map(([item]) => item);
const theirs = items.map(([, item]) => item);
const readHere = items.map(([item, , read = item]) => read);
// Repr and code differ for infinity only.
const asRepr = theirs.map(([type, text]) => [type, text === 'float("-inf")' ? '-inf' : text]);

/** CPython's own lists have room by characters, and cut off what has more bytes (gh-145261). */
const fitsPythonsList = (item: unknown) =>
  typeof item !== 'string' || Buffer.byteLength(item) <= 8 * (([...item].length >> 3) + 1);

const pythons = findPythons(8);
if (pythons.length === 0) {
  describe.skip('CPython (skipped: there is no python3 of version 3.8 or later)', () => {
    it('shares memory', () => {});
  });
}

describe.each(pythons)('CPython $version', ({ command, version }: Python) => {
  // It had another layout of lists, and reads no other.
  const readsOurLists = version !== '3.8';
  const itIfItReadsOurLists = (name: string, body: () => Promise<void>) =>
    readsOurLists
      ? it(name, body)
      : it.skip(`${name} (skipped: 3.8 reads its own lists only)`, body);
  let peer: PythonPeer;
  // biome-ignore lint/suspicious/noExplicitAny: each command has an answer of its own.
  const ask = (...request: unknown[]): Promise<any> => peer.ask(...request);

  beforeAll(() => {
    peer = startPythonPeer(command, 'shared_memory_peer.py');
  });

  afterAll(() => peer.stop());

  // Without a tracker of this process, which is of the test runner.
  const create = (size: number) => new SharedMemory({ create: true, size, track: false });
  const createList = (of: Iterable<ShareableInput>) => new ShareableList(of, { track: false });

  it('reads and writes a segment of ours', async () => {
    const shm = create(100);
    shm.buf.write('from Node');
    expect(await ask('read', shm.name, 9)).toEqual([100, 'from Node']);
    await ask('write', shm.name, 'from Python');
    expect(shm.buf.toString('latin1', 0, 11)).toBe('from Python');
    shm.unlink();
    shm.close();
    await expect(ask('read', shm.name, 1)).rejects.toThrow('FileNotFoundError');
  });

  it('creates a segment that we read, write and unlink', async () => {
    const [name, size] = await ask('create', null, 50, 'from Python');
    const shm = new SharedMemory({ name });
    expect(shm.name).toMatch(/^psm_[0-9a-f]{8}$/);
    expect([shm.size, shm.buf.toString('latin1', 0, 11)]).toEqual([size, 'from Python']);
    shm.buf.write('from Node');
    expect(await ask('read', name, 9)).toEqual([size, 'from Node']);
    shm.close();
    // It stays Python's: closing here destroys nothing.
    await ask('unlink', name);
    expect(thrownBy(() => new SharedMemory({ name }))).toMatchObject({ code: 'ENOENT' });
  });

  it('and we refuse a name that the other has taken', async () => {
    const shm = create(5);
    await expect(ask('create', shm.name, 5, '')).rejects.toThrow('FileExistsError');
    shm.unlink();
    shm.close();
    const [name] = await ask('create', null, 5, '');
    expect(thrownBy(() => new SharedMemory({ name, create: true, size: 5 }))).toMatchObject({
      code: 'EEXIST',
    });
    await ask('unlink', name);
  });

  it('creates a list whose items we read', async () => {
    const fitting = ours.map(fitsPythonsList);
    const name = await ask(
      'create_list',
      theirs.filter((_, i) => fitting[i]),
    );
    const list = new ShareableList(undefined, { name });
    expect([...list]).toStrictEqual(readHere.filter((_, i) => fitting[i]));
    list.close();
    await ask('unlink', name);
  });

  it('reads what we write to its list', async () => {
    const name = await ask(
      'create_list',
      theirs.map(() => ['str', "'room for all of them'"]),
    );
    const list = new ShareableList(undefined, { name });
    for (const [i, item] of ours.entries()) list.set(i, item);
    const [format, read] = await ask('read_list', name);
    expect(read).toEqual(asRepr);
    expect(list.format).toBe(format);
    list.close();
    await ask('unlink', name);
  });

  itIfItReadsOurLists('reads a list of ours, and what it writes is read here', async () => {
    const list = createList(ours);
    expect(await ask('read_list', list.shm.name)).toEqual([list.format, asRepr]);
    const room = createList(ours.map(() => 'room for all of them'));
    for (const [i, item] of theirs.entries()) await ask('set_item', room.shm.name, i, item);
    expect([...room]).toStrictEqual(readHere);
    for (const one of [list, room]) {
      one.shm.unlink();
      one.close();
    }
  });

  itIfItReadsOurLists('makes the same bytes of a list', async () => {
    const same = items.filter(([item]) => fitsPythonsList(item));
    const list = createList(same.map(([item]) => item));
    const bytes = await ask(
      'bytes_of',
      same.map(([, item]) => item),
    );
    expect(list.shm.buf.toString('hex')).toBe(bytes);
    list.shm.unlink();
    list.close();
  });

  itIfItReadsOurLists('takes an empty list of ours', async () => {
    const list = createList([]);
    expect(await ask('read_list', list.shm.name)).toEqual(['', []]);
    list.shm.unlink();
    list.close();
  });
});
