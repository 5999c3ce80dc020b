import { describe, expect, it } from 'vitest';
import { type BufferTooShort, ClosedError } from '../../../ts/errors.js';
import { Connection } from '../../../ts/transport/connection.js';
import { loopTurns, rejection, thrownBy, usePipes, writeRaw } from '../../helpers/pipes.js';

const pipe = usePipes();
const MiB = 1024 * 1024;

describe('messages', () => {
  it('send() and recv() carry a value, both ways', async () => {
    const [a, b] = pipe();
    await a.send({ n: 1, list: ['x', null] });
    expect(await b.recv()).toEqual({ n: 1, list: ['x', null] });
    b.sendSync('back');
    expect(a.recvSync()).toBe('back');
  });

  it('messages arrive one by one and in order', async () => {
    const [a, b] = pipe();
    for (let i = 0; i < 20; i++) await a.send(i);
    for (let i = 0; i < 20; i++) expect(await b.recv()).toBe(i);
  });

  it('an empty message is a message', async () => {
    const [a, b] = pipe();
    await a.sendBytes(new Uint8Array(0));
    await a.sendBytes(Buffer.from('next'));
    expect(await b.recvBytes()).toHaveLength(0);
    expect((await b.recvBytes()).toString()).toBe('next');
  });

  it.each([1, 65531, 65532, 65533, 300_000])(
    'a message of %i bytes arrives whole',
    async (size) => {
      const [a, b] = pipe();
      const bytes = Buffer.from(Array.from({ length: size }, (_, i) => i * 7));
      const sent = a.sendBytes(bytes);
      const received = await b.recvBytes();
      expect(received.equals(bytes)).toBe(true);
      await sent;
    },
  );

  it('a message of 64 MiB arrives whole', async () => {
    const [a, b] = pipe();
    const bytes = Buffer.alloc(64 * MiB, 'a long message ');
    const sent = a.sendBytes(bytes);
    expect((await b.recvBytes()).equals(bytes)).toBe(true);
    await sent;
  });

  it('several sends at once do not mix, and keep their order', async () => {
    const [a, b] = pipe();
    const sizes = [300_000, 5, 900_000, 0, 70_000];
    const sent = sizes.map((size, i) => a.sendBytes(Buffer.alloc(size, i)));
    for (const [i, size] of sizes.entries()) {
      const bytes = await b.recvBytes();
      expect(bytes.equals(Buffer.alloc(size, i))).toBe(true);
    }
    await Promise.all(sent);
  });

  it('several recvs at once are served in order', async () => {
    const [a, b] = pipe();
    const received = [b.recv(), b.recv(), b.recvBytes(), b.recv()];
    for (const value of [1, 2]) await a.send(value);
    await a.sendBytes(Buffer.from('3'));
    await a.send(4);
    const [one, two, three, four] = await Promise.all(received);
    expect([one, two, String(three), four]).toEqual([1, 2, '3', 4]);
  });

  it('bytes that have to wait are those of the moment of the call', async () => {
    const [a, b] = pipe();
    const bytes = Buffer.alloc(2 * MiB, 1);
    const sent = a.sendBytes(bytes);
    bytes.fill(2);
    expect((await b.recvBytes()).equals(Buffer.alloc(2 * MiB, 1))).toBe(true);
    await sent;
  });

  it('a frame that comes in pieces is put together', async () => {
    const [a, b] = pipe();
    const received = b.recvBytes();
    for (const byte of [0, 0, 0, 2, 65, 66]) {
      writeRaw(a, [byte]);
      await loopTurns();
    }
    expect((await received).toString()).toBe('AB');
  });

  it('a blocking call goes on with a frame that a promise began to receive', async () => {
    const [a, b] = pipe();
    const controller = new AbortController();
    const received = b.recvBytes({ signal: controller.signal });
    writeRaw(a, [0, 0, 0, 3, 65]);
    await loopTurns();
    controller.abort();
    await rejection(received);
    writeRaw(a, [66, 67]);
    expect(b.recvBytesSync().toString()).toBe('ABC');
  });

  it('a long run of messages that are there does not hold up the event loop', async () => {
    const [a, b] = pipe();
    let turns = 0;
    const timer = setImmediate(function again() {
      turns++;
      timers = setImmediate(again);
    });
    let timers = timer;
    for (let i = 0; i < 2000; i++) {
      await a.sendBytes(Buffer.from('x'));
      await b.recvBytes();
    }
    clearImmediate(timers);
    expect(turns).toBeGreaterThan(2);
  });

  it('for await receives until the other end is closed', async () => {
    const [a, b] = pipe();
    for (const value of ['x', 'y']) await a.send(value);
    a.close();
    const seen: unknown[] = [];
    for await (const value of b) seen.push(value);
    expect(seen).toEqual(['x', 'y']);
  });
});

describe('sendBytes()', () => {
  it('sends a part of the bytes', async () => {
    const [a, b] = pipe();
    const bytes = Buffer.from('0123456789');
    await a.sendBytes(bytes, 4);
    await a.sendBytes(bytes, 2, 3);
    await a.sendBytes(bytes, { offset: 10 });
    a.sendBytesSync(bytes, { size: 0 });
    a.sendBytesSync(bytes, { offset: 1, size: 1 });
    const texts = [];
    for (let i = 0; i < 5; i++) texts.push(String(await b.recvBytes()));
    expect(texts).toEqual(['456789', '234', '', '', '1']);
  });

  it('takes any view of memory', async () => {
    const [a, b] = pipe();
    await a.sendBytes(Uint16Array.of(0x4142, 0x4344));
    await a.sendBytes(new DataView(Uint8Array.of(1, 2, 3).buffer, 1));
    await a.sendBytes(Uint8Array.of(9).buffer);
    expect(await b.recvBytes()).toHaveLength(4);
    expect([...(await b.recvBytes())]).toEqual([2, 3]);
    expect([...(await b.recvBytes())]).toEqual([9]);
  });

  it.each([
    ['a negative offset', -1, undefined],
    ['an offset past the end', 11, undefined],
    ['a negative size', 0, -1],
    ['a size past the end', 5, 6],
    ['a fraction', 0.5, undefined],
  ])('refuses %s', async (_, offset, size) => {
    const [a, b] = pipe();
    const error = await rejection(a.sendBytes(Buffer.alloc(10), offset, size));
    expect(error).toBeInstanceOf(RangeError);
    expect(await b.poll()).toBe(false);
  });

  it('refuses what is not bytes', async () => {
    const [a] = pipe();
    const error = await rejection(a.sendBytes('text' as unknown as Uint8Array));
    expect(error).toBeInstanceOf(TypeError);
  });
});

describe('recvBytesInto()', () => {
  it('receives into a buffer and tells the length', async () => {
    const [a, b] = pipe();
    const buffer = Buffer.alloc(8, '.');
    a.sendBytesSync(Buffer.from('abc'));
    a.sendBytesSync(Buffer.from('XY'));
    expect(await b.recvBytesInto(buffer, 2)).toBe(3);
    expect(b.recvBytesIntoSync(buffer, { offset: 6 })).toBe(2);
    expect(buffer.toString()).toBe('..abc.XY');
  });

  it('receives a large message straight into the buffer', async () => {
    const [a, b] = pipe();
    const buffer = Buffer.alloc(2 * MiB);
    const received = b.recvBytesInto(buffer, 100);
    await a.sendBytes(Buffer.alloc(MiB, 5));
    expect(await received).toBe(MiB);
    expect(buffer.indexOf(5)).toBe(100);
    expect(buffer.lastIndexOf(5)).toBe(MiB + 99);
  });

  it.each([10, 200_000])(
    'a buffer that is too short for %i bytes fails with the whole message',
    async (size) => {
      const [a, b] = pipe();
      const sent = a.sendBytes(Buffer.alloc(size, 3));
      const buffer = Buffer.alloc(size - 1);
      const error = await rejection(b.recvBytesInto(buffer));
      await sent;
      expect(error.code).toBe('ERR_MP_BUFFER_TOO_SHORT');
      const { bytes } = error as BufferTooShort;
      expect(Buffer.alloc(size, 3).equals(bytes)).toBe(true);
      expect(buffer.includes(3)).toBe(false);
    },
  );

  it('a wait given up leaves the buffer to the caller and the message to the next call', async () => {
    const [a, b] = pipe();
    const buffer = Buffer.alloc(300_000);
    const controller = new AbortController();
    const received = b.recvBytesInto(buffer, { signal: controller.signal });
    const bytes = Buffer.alloc(300_000, 4);
    writeRaw(a, Buffer.concat([Buffer.from([0, 4, 0x93, 0xe0]), bytes.subarray(0, 1000)]));
    await loopTurns();
    controller.abort();
    await rejection(received);
    buffer.fill(9);
    const second = b.recvBytes();
    writeRaw(a, bytes.subarray(1000, 100_000));
    await loopTurns();
    writeRaw(a, bytes.subarray(100_000, 250_000));
    await loopTurns();
    writeRaw(a, bytes.subarray(250_000));
    expect((await second).equals(bytes)).toBe(true);
    expect(buffer.equals(Buffer.alloc(300_000, 9))).toBe(true);
  });

  it('a blocking call that overtakes it leaves its buffer alone', async () => {
    const [a, b] = pipe();
    const buffer = Buffer.alloc(100_000, '.');
    const received = b.recvBytesInto(buffer);
    const bytes = Buffer.alloc(100_000, 'x');
    writeRaw(a, [0, 1, 0x86, 0xa0]);
    await loopTurns();
    writeRaw(a, bytes);
    expect(b.recvBytesSync().equals(bytes)).toBe(true);
    expect(buffer.equals(Buffer.alloc(100_000, '.'))).toBe(true);
    await a.sendBytes(Buffer.from('its own'));
    expect(await received).toBe(7);
  });

  it.each([-1, 9, Number.NaN])('refuses the offset %d', async (offset) => {
    const [, b] = pipe();
    expect(await rejection(b.recvBytesInto(Buffer.alloc(8), offset))).toBeInstanceOf(RangeError);
  });
});

describe('ends', () => {
  it('duplex: false gives a reader and a writer', async () => {
    const [reader, writer] = pipe({ duplex: false });
    expect([reader.readable, reader.writable]).toEqual([true, false]);
    expect([writer.readable, writer.writable]).toEqual([false, true]);
    await writer.send('through');
    expect(await reader.recv()).toBe('through');
    for (const error of [
      await rejection(reader.send(1)),
      await rejection(writer.recv()),
      await rejection(writer.poll()),
      thrownBy(() => reader.sendBytesSync(Buffer.alloc(1))),
    ])
      expect(error).toMatchObject({ code: 'ERR_MP_INVALID_STATE' });
  });

  it('the end of the writer is the end of file of a reader', async () => {
    const [reader, writer] = pipe({ duplex: false });
    await writer.send('last');
    writer.close();
    expect(await reader.recv()).toBe('last');
    expect(await rejection(reader.recv())).toMatchObject({
      code: 'ERR_MP_EOF',
    });
    expect(thrownBy(() => reader.recvSync())).toMatchObject({
      code: 'ERR_MP_EOF',
    });
    expect(await reader.poll()).toBe(true);
  });

  it('sending to a closed end is EPIPE', async () => {
    const [a, b] = pipe();
    b.close();
    const error = await rejection(a.send(1));
    expect(error).toMatchObject({ code: 'EPIPE', syscall: 'sendmsg' });
    expect((error as NodeJS.ErrnoException).errno).toBeLessThan(0);
  });

  it('after close() everything fails with ClosedError, and close() is idempotent', async () => {
    const [a] = pipe();
    expect(a.closed).toBe(false);
    a.close();
    a.close();
    expect(a.closed).toBe(true);
    expect(await rejection(a.send(1))).toBeInstanceOf(ClosedError);
    expect(await rejection(a.recv())).toBeInstanceOf(ClosedError);
    expect(await rejection(a.poll())).toBeInstanceOf(ClosedError);
    expect(thrownBy(() => a.fileno())).toBeInstanceOf(ClosedError);
    expect(thrownBy(() => a.recvSync())).toBeInstanceOf(ClosedError);
  });

  it('close() fails what is pending with ClosedError', async () => {
    const [a, b] = pipe();
    const pending = [
      rejection(a.recv()),
      rejection(a.recvBytes()),
      rejection(a.poll({ timeout: 30_000 })),
      rejection(a.sendBytes(Buffer.alloc(4 * MiB))),
      rejection(a.send('queued')),
    ];
    await loopTurns();
    a.close();
    for (const error of await Promise.all(pending)) expect(error).toBeInstanceOf(ClosedError);
    expect((await rejection(b.recvBytes())).message).toContain('end of file during message');
  });

  it('Symbol.dispose closes', () => {
    const [a] = pipe();
    a[Symbol.dispose]();
    expect(a.closed).toBe(true);
  });

  it('a Connection is made by Pipe() or fromFd() alone', () => {
    expect(() => Reflect.construct(Connection, [])).toThrow(TypeError);
    expect(() => Connection.fromFd(-1)).toThrow(RangeError);
    expect(() => Connection.fromFd(100_000)).toThrow(expect.objectContaining({ code: 'EBADF' }));
    expect(() => Connection.fromFd(0, { readable: false, writable: false })).toThrow(RangeError);
  });

  it('wrong options of Pipe() are refused', () => {
    expect(() => pipe({ duplex: 1 } as never)).toThrow(TypeError);
    expect(() => pipe(7 as never)).toThrow(TypeError);
  });
});
