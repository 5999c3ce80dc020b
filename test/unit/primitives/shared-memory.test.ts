import { inspect } from 'node:util';
import { afterEach, describe, expect, it } from 'vitest';
import { SharedMemory, type SharedMemoryOptions } from '../../../ts/primitives/shared-memory.js';
import { decode, encode } from '../../../ts/serialization/codec.js';
import { openFds } from '../../helpers/open-fds.js';
import { thrownBy } from '../../helpers/pipes.js';

const made: SharedMemory[] = [];

function create(options: SharedMemoryOptions = {}): SharedMemory {
  const shm = new SharedMemory({ create: true, size: 100, ...options });
  made.push(shm);
  return shm;
}

function exists(name: string): boolean {
  try {
    new SharedMemory({ name }).close();
    return true;
  } catch {
    return false;
  }
}

let count = 0;
const ownName = () => `mp_unit_${process.pid}_${count++}`;

afterEach(() => {
  for (const shm of made.splice(0)) {
    shm.close();
    if (exists(shm.name)) shm.unlink();
  }
});

describe('SharedMemory', () => {
  it('has a random name such as that of Python, and the size that was asked for', () => {
    const [one, other] = [create({ size: 10 }), create({ size: 10 })];
    expect(one.name).toMatch(/^psm_[0-9a-f]{8}$/);
    expect(one.name).not.toBe(other.name);
    expect([one.size, one.buf.length]).toEqual([10, 10]);
    expect([...one.buf]).toEqual(Array(10).fill(0));
    expect(inspect(one)).toBe(`SharedMemory('${one.name}', size=10)`);
  });

  it('is the same memory for all that attach by its name, whatever size they name', () => {
    const shm = create({ name: ownName(), size: 5000 });
    const other = new SharedMemory({ name: shm.name, size: 7 });
    expect(other.size).toBe(5000);
    new Float64Array(shm.buf.buffer, 0, 2).set([0.5, -1]);
    expect(other.buf.readDoubleLE(8)).toBe(-1);
    Atomics.add(new Int32Array(other.buf.buffer, 16, 1), 0, 3);
    expect(shm.buf[16]).toBe(3);
    other.close();
    expect(shm.buf[16]).toBe(3);
  });

  it('closed, leaves no view that could be used', () => {
    const shm = create();
    const { buf } = shm;
    const views = [buf, buf.subarray(8), new Float64Array(buf.buffer, 0, 2), buf.slice(1, 5)];
    shm.close();
    shm.close();
    expect(views.map((view) => view.length)).toEqual([0, 0, 0, 0]);
    expect(buf[0]).toBeUndefined();
    expect(buf.buffer.byteLength).toBe(0);
    expect(thrownBy(() => shm.buf)).toMatchObject({
      code: 'ERR_MP_CLOSED',
      message: `SharedMemory('${shm.name}', size=100) is closed`,
    });
    expect(shm.size).toBe(100);
    expect(exists(shm.name)).toBe(true);
  });

  it('closes at the end of its scope, and keeps the name', () => {
    const shm = create();
    shm[Symbol.dispose]();
    expect(thrownBy(() => shm.buf)).toMatchObject({ code: 'ERR_MP_CLOSED' });
    expect(exists(shm.name)).toBe(true);
  });

  it('unlinked, lasts for those that have it; once, by whomever', () => {
    const shm = create();
    const other = new SharedMemory({ name: shm.name });
    other.unlink();
    expect(exists(shm.name)).toBe(false);
    shm.buf[3] = 9;
    expect(other.buf[3]).toBe(9);
    other.close();
    expect(thrownBy(() => shm.unlink())).toMatchObject({
      code: 'ENOENT',
      syscall: 'shm_unlink',
      path: shm.name,
    });
  });

  it('can be unlinked when it is closed', () => {
    const shm = create();
    shm.close();
    shm.unlink();
    expect(exists(shm.name)).toBe(false);
  });

  it('tells the name where one is taken, or is not there', () => {
    const { name } = create({ name: ownName() });
    expect(thrownBy(() => create({ name }))).toMatchObject({ code: 'EEXIST', path: name });
    const absent = ownName();
    expect(thrownBy(() => new SharedMemory({ name: absent }))).toMatchObject({
      code: 'ENOENT',
      errno: -2,
      syscall: 'shm_open',
      path: absent,
      message: expect.stringContaining(`'${absent}'`),
    });
  });

  it.each([
    [{ create: true }, 'RangeError', 'Expected `size` to be an integer from 1 to'],
    [{ create: true, size: 0 }, 'RangeError', 'received 0 (number)'],
    [{ create: true, size: -1 }, 'RangeError', 'received -1 (number)'],
    [{ name: 'x', size: -1 }, 'RangeError', 'Expected `size` to be an integer from 0'],
    [{ create: true, size: 1.5 }, 'RangeError', 'received 1.5'],
    [{ create: true, size: Number.NaN }, 'RangeError', 'received NaN'],
    [{ create: true, size: 2 ** 53 }, 'RangeError', 'Expected `size`'],
    [{ create: true, size: '5' }, 'TypeError', 'Expected `size` to be an integer, received "5"'],
    [{ create: true, size: 5n }, 'TypeError', 'received 5 (bigint)'],
    [{}, 'RangeError', 'Expected `name` to be a name unless `create` is true, received undefined'],
    [undefined, 'RangeError', 'Expected `name`'],
    [null, 'TypeError', 'Expected `options` to be an object, received null'],
    [{ name: '' }, 'RangeError', 'and not empty, received ""'],
    [{ name: '/x' }, 'RangeError', 'a name without a slash'],
    [{ name: 'a\0b' }, 'RangeError', 'or a NUL'],
    [{ name: 5 }, 'TypeError', 'Expected `name` to be a string, received 5 (number)'],
    [{ name: null }, 'TypeError', 'Expected `name` to be a string, received null'],
    [{ create: 1, size: 5 }, 'TypeError', 'Expected `create` to be a boolean'],
    [{ create: true, size: 5, track: 'no' }, 'TypeError', 'Expected `track` to be a boolean'],
  ])('refuses %o', (options, name, message) => {
    const error = thrownBy(() => new SharedMemory(options as SharedMemoryOptions)) as Error;
    expect(error.name).toBe(name);
    expect(error.message).toContain(message);
  });

  it('a name that is too long for the system is its error', () => {
    expect(thrownBy(() => create({ name: 'x'.repeat(256) }))).toMatchObject({
      code: expect.stringMatching(/^E(NAMETOOLONG|INVAL)$/),
    });
  });

  it('travels as its name, and attaches on the other side, once in a message', () => {
    const shm = create();
    const [copy, again] = decode(encode([shm, shm])) as SharedMemory[];
    expect(copy).toBeInstanceOf(SharedMemory);
    expect(again).toBe(copy);
    expect([copy!.name, copy!.size]).toEqual([shm.name, shm.size]);
    copy!.buf[0] = 7;
    expect(shm.buf[0]).toBe(7);
    copy!.close();
    expect(shm.buf[0]).toBe(7);
  });

  it('its bytes alone travel as a copy', () => {
    const shm = create();
    const copy = decode(encode(shm.buf)) as Buffer;
    shm.buf[0] = 1;
    expect(copy[0]).toBe(0);
    expect(copy.length).toBe(100);
  });

  it('closed, or unlinked before it arrives, does not travel', () => {
    const shm = create();
    const bytes = Buffer.from(encode({ shm }));
    shm.unlink();
    expect(thrownBy(() => decode(bytes))).toMatchObject({
      code: 'ERR_MP_PICKLING',
      cause: { code: 'ENOENT', path: shm.name },
    });
    shm.close();
    expect(thrownBy(() => encode({ shm }))).toMatchObject({
      code: 'ERR_MP_PICKLING',
      path: 'value.shm',
      cause: { code: 'ERR_MP_CLOSED' },
    });
  });

  it('keeps no descriptor open', () => {
    // The tracker has been started, whose socket stays.
    create();
    const before = openFds().length;
    const some = Array.from({ length: 10 }, () => create());
    expect(some.length).toBe(10);
    expect(openFds().length).toBe(before);
  });

  it.skipIf(!('transfer' in ArrayBuffer.prototype))(
    'memory that was transferred to another ArrayBuffer stays valid there',
    () => {
      const shm = create();
      shm.buf[0] = 5;
      const taken = (shm.buf.buffer as ArrayBuffer & { transfer(): ArrayBuffer }).transfer();
      shm.close();
      expect(new Uint8Array(taken)[0]).toBe(5);
    },
  );
});
