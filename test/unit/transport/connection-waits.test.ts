import { describe, expect, it } from 'vitest';
import { loopTurns, rejection, thrownBy, usePipes } from '../../helpers/pipes.js';

const pipe = usePipes();
const MiB = 1024 * 1024;

describe('timeout', () => {
  it('recv() rejects with TimeoutError, and the message is there for the next call', async () => {
    const [a, b] = pipe();
    const error = await rejection(b.recv({ timeout: 5 }));
    expect(error).toMatchObject({
      name: 'TimeoutError',
      code: 'ERR_MP_TIMEOUT',
    });
    await a.send('late');
    expect(await b.recv({ timeout: 5 })).toBe('late');
    expect(thrownBy(() => b.recvSync({ timeout: 5 }))).toMatchObject({
      code: 'ERR_MP_TIMEOUT',
    });
  });

  it('counts nothing as late that came in time, however busy this thread was', async () => {
    const [a, b] = pipe();
    const [polled, other] = pipe();
    // Wherever in its turn the event loop is.
    for (const moment of [setImmediate, setTimeout]) {
      await new Promise<void>((resolve) => moment(resolve));
      const waits = [b.recv({ timeout: 5 }), polled.poll({ timeout: 5 })];
      a.sendSync('in time');
      other.sendSync('in time');
      const end = performance.now() + 20;
      while (performance.now() < end);
      expect(await Promise.all(waits)).toEqual(['in time', true]);
    }
  });

  it('0 tries once', async () => {
    const [a, b] = pipe();
    expect(await rejection(b.recv({ timeout: 0 }))).toMatchObject({
      code: 'ERR_MP_TIMEOUT',
    });
    expect(thrownBy(() => b.recvSync({ timeout: 0 }))).toMatchObject({
      code: 'ERR_MP_TIMEOUT',
    });
    a.sendSync('x', { timeout: 0 });
    await a.send('y', { timeout: 0 });
    expect(await b.recv({ timeout: 0 })).toBe('x');
    expect(b.recvSync({ timeout: 0 })).toBe('y');
  });

  it.each([-1, Number.NaN])('%d is a RangeError', async (timeout) => {
    const [a, b] = pipe();
    for (const promise of [
      b.recv({ timeout }),
      b.poll({ timeout }),
      a.send(1, { timeout }),
      a.sendBytes(Buffer.alloc(1), { timeout }),
      b.recvBytesInto(Buffer.alloc(1), { timeout }),
    ])
      expect(await rejection(promise)).toBeInstanceOf(RangeError);
  });

  it('a message that could not begin is withdrawn', async () => {
    const [a, b] = pipe();
    // Nothing but whole frames, until not one more goes.
    const fill = Buffer.alloc(8192);
    let count = 0;
    for (;;) {
      try {
        a.sendBytesSync(fill, { timeout: 0 });
        count++;
      } catch {
        break;
      }
    }
    expect(await rejection(a.send('withdrawn', { timeout: 2 }))).toMatchObject({
      code: 'ERR_MP_TIMEOUT',
    });
    for (let i = 0; i < count; i++) await b.recvBytes();
    await a.send('next');
    expect(await b.recv()).toBe('next');
  });

  it.each(['send', 'sendSync'] as const)(
    'a message of which a part is out is completed after the timeout of %s()',
    async (how) => {
      const [a, b] = pipe();
      const bytes = Buffer.alloc(4 * MiB, 6);
      const error =
        how === 'send'
          ? await rejection(a.sendBytes(bytes, { timeout: 2 }))
          : thrownBy(() => a.sendBytesSync(bytes, { timeout: 2 }));
      expect(error).toMatchObject({ code: 'ERR_MP_TIMEOUT' });
      expect(error.message).toContain('the rest follows');
      bytes.fill(0);
      const next = a.send('next');
      expect((await b.recvBytes()).equals(Buffer.alloc(4 * MiB, 6))).toBe(true);
      expect(await b.recv()).toBe('next');
      await next;
    },
  );

  it('the timeouts of waiters in line run each on its own', async () => {
    const [a, b] = pipe();
    const first = b.recv();
    const second = rejection(b.recv({ timeout: 3 }));
    const third = b.recv();
    expect(await second).toMatchObject({ code: 'ERR_MP_TIMEOUT' });
    await a.send(1);
    await a.send(3);
    expect(await Promise.all([first, third])).toEqual([1, 3]);
  });
});

describe('signal', () => {
  it('aborts a wait with its reason', async () => {
    const [a, b] = pipe();
    const controller = new AbortController();
    const { signal } = controller;
    const pending = [
      rejection(b.recv({ signal })),
      rejection(b.poll({ signal, timeout: undefined })),
      rejection(a.sendBytes(Buffer.alloc(4 * MiB), { signal })),
    ];
    controller.abort();
    for (const error of await Promise.all(pending)) expect(error).toBe(signal.reason);
  });

  it('aborted before, nothing is sent or received', async () => {
    const [a, b] = pipe();
    const signal = AbortSignal.abort(new Error('before'));
    expect((await rejection(a.send('no', { signal }))).message).toBe('before');
    await a.send('yes');
    expect((await rejection(b.recv({ signal }))).message).toBe('before');
    expect(thrownBy(() => b.recvSync({ signal })).message).toBe('before');
    expect(await b.recv()).toBe('yes');
  });

  it('abort of the first in line lets the second have the message', async () => {
    const [a, b] = pipe();
    const controller = new AbortController();
    const first = rejection(b.recv({ signal: controller.signal }));
    const second = b.recv();
    controller.abort();
    await first;
    await a.send('for the second');
    expect(await second).toBe('for the second');
  });

  it('is let go when the wait ends', async () => {
    const [a, b] = pipe();
    const controller = new AbortController();
    const received = b.recv({ signal: controller.signal });
    await a.send(1);
    await received;
    controller.abort();
    await loopTurns();
  });

  it('anything else is a TypeError', async () => {
    const [, b] = pipe();
    expect(await rejection(b.recv({ signal: {} as AbortSignal }))).toBeInstanceOf(TypeError);
    expect(await rejection(b.recv(5 as never))).toBeInstanceOf(TypeError);
  });
});

describe('poll()', () => {
  it('tells whether a message is there and leaves it there', async () => {
    const [a, b] = pipe();
    expect(await b.poll()).toBe(false);
    expect(b.pollSync()).toBe(false);
    expect(await b.poll({ timeout: 3 })).toBe(false);
    expect(b.pollSync({ timeout: 3 })).toBe(false);
    await a.send('x');
    expect(await b.poll()).toBe(true);
    expect(b.pollSync({ timeout: undefined })).toBe(true);
    expect(await b.recv()).toBe('x');
    expect(await b.poll()).toBe(false);
  });

  it('waits for a message', async () => {
    const [a, b] = pipe();
    const polls = [b.poll({ timeout: undefined }), b.poll({ timeout: 30_000 })];
    await a.send('x');
    expect(await Promise.all(polls)).toEqual([true, true]);
  });

  it('is true at the end of file', async () => {
    const [a, b] = pipe();
    const waiting = b.poll({ timeout: undefined });
    a.close();
    expect(await waiting).toBe(true);
    expect(await b.poll()).toBe(true);
    expect(b.pollSync()).toBe(true);
  });
});
