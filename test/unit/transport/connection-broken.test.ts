import { describe, expect, it } from 'vitest';
import { loopTurns, rejection, thrownBy, usePipes, writeRaw } from '../../helpers/pipes.js';

const pipe = usePipes();

describe('an end of file', () => {
  it.each([
    ['in the header', [0, 0]],
    ['after the header', [0, 0, 0, 9]],
    ['in the body', [0, 0, 0, 9, 1, 2, 3]],
    ['in a long header', [255, 255, 255, 255, 0, 0]],
  ])('%s is an error of its own', async (_, bytes) => {
    const [a, b] = pipe();
    writeRaw(a, bytes);
    a.close();
    const error = await rejection(b.recv());
    expect(error).toMatchObject({
      code: 'ERR_MP_PROCESS',
      message: 'got end of file during message',
    });
    expect(await rejection(b.recv())).toMatchObject({ code: 'ERR_MP_EOF' });
  });

  it('ends every wait', async () => {
    const [a, b] = pipe();
    const waiting = [rejection(b.recv()), rejection(b.recvBytes())];
    a.close();
    for (const error of await Promise.all(waiting))
      expect(error).toMatchObject({ code: 'ERR_MP_EOF' });
  });

  it('with bytes that the other end never read is ECONNRESET once, as the system has it', async () => {
    const [a, b] = pipe();
    b.sendSync('never read');
    a.close();
    expect(await rejection(b.recv())).toMatchObject({ code: 'ECONNRESET' });
    expect(await rejection(b.recv())).toMatchObject({ code: 'ERR_MP_EOF' });
  });

  it('ends the wait of a send', async () => {
    const [a, b] = pipe();
    const sent = rejection(a.sendBytes(Buffer.alloc(4 << 20)));
    await loopTurns();
    b.close();
    expect((await sent) as NodeJS.ErrnoException).toHaveProperty('syscall', 'sendmsg');
  });
});

describe('a bad length', () => {
  const hostile = [
    ['a negative one', [0x80, 0, 0, 0]],
    ['one that no Buffer holds', [255, 255, 255, 255, 127, 0, 0, 0, 0, 0, 0, 0]],
  ] as const;

  it.each(hostile)('%s closes a read-only end', async (_, bytes) => {
    const [reader, writer] = pipe({ duplex: false });
    writeRaw(writer, [...bytes]);
    expect((await rejection(reader.recv())).message).toContain('bad message length');
    expect(reader.closed).toBe(true);
  });

  it.each(hostile)('%s leaves a duplex end that can only write', async (_, bytes) => {
    const [a, b] = pipe();
    writeRaw(a, [...bytes]);
    expect(thrownBy(() => b.recvSync()).message).toContain('bad message length');
    expect([b.closed, b.readable, b.writable]).toEqual([false, false, true]);
    expect(await rejection(b.recv())).toMatchObject({
      code: 'ERR_MP_INVALID_STATE',
    });
    await b.send('still');
    expect(await a.recv()).toBe('still');
  });

  it('a promise of 2 GiB costs no memory before they come', async () => {
    const [a, b] = pipe();
    const before = process.memoryUsage().rss;
    writeRaw(a, [0x7f, 0xff, 0xff, 0xff, 1, 2, 3]);
    const received = rejection(b.recvBytes());
    await loopTurns();
    expect(process.memoryUsage().rss - before).toBeLessThan(64 << 20);
    a.close();
    expect((await received).message).toContain('end of file');
  });

  it('a message longer than maxLength, in either form', async () => {
    for (const options of [3, { maxLength: 3 }]) {
      const [a, b] = pipe();
      await a.sendBytes(Buffer.from('abc'));
      await a.sendBytes(Buffer.from('abcd'));
      expect(String(await b.recvBytes(options))).toBe('abc');
      expect((await rejection(b.recvBytes(options))).message).toContain('bad message length');
      expect([b.closed, b.readable]).toEqual([false, false]);
    }
  });

  it('a large message longer than maxLength is refused by its header', async () => {
    const [reader, writer] = pipe({ duplex: false });
    writeRaw(writer, [0, 16, 0, 0]);
    expect(thrownBy(() => reader.recvBytesSync(0xfffff)).message).toContain('bad message length');
    expect(reader.closed).toBe(true);
  });

  it('fails those who wait behind', async () => {
    const [a, b] = pipe();
    const waiting = [rejection(b.recvBytes(1)), rejection(b.recv())];
    await a.sendBytes(Buffer.from('long'));
    const [first, second] = await Promise.all(waiting);
    expect(first!.message).toContain('bad message length');
    expect(second).toMatchObject({ code: 'ERR_MP_INVALID_STATE' });
  });

  it('maxLength itself is checked', async () => {
    const [, b] = pipe();
    expect(await rejection(b.recvBytes(-1))).toBeInstanceOf(RangeError);
    expect(await rejection(b.recvBytes({ maxLength: Number.NaN }))).toBeInstanceOf(RangeError);
  });
});
