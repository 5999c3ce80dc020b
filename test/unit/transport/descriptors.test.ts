import { closeSync, fstatSync, openSync, readSync } from 'node:fs';
import { describe, expect, it, onTestFinished } from 'vitest';
import { openFds } from '../../helpers/open-fds.js';
import { rejection, usePipes } from '../../helpers/pipes.js';

const pipe = usePipes();

function openSelf(): number {
  const fd = openSync(import.meta.filename, 'r');
  onTestFinished(() => closeSync(fd));
  return fd;
}

describe('sendFd', () => {
  it('gives the other side a descriptor of its own for the same file', async () => {
    const [a, b] = pipe();
    const fd = openSync(import.meta.filename, 'r');
    await a.sendFd(fd);
    closeSync(fd);
    const received = await b.recvFd();
    onTestFinished(() => closeSync(received));
    const text = Buffer.alloc(6);
    readSync(received, text);
    expect(text.toString()).toBe('import');
    expect(openFds().find((one) => one.fd === received)?.closeOnExec).toBe(true);
  });

  it('keeps its place among messages', async () => {
    const [a, b] = pipe();
    await Promise.all([a.send(1), a.sendFd(openSelf()), a.send(2)]);
    expect(await b.recv()).toBe(1);
    const fd = await b.recvFd();
    expect(fstatSync(fd).isFile()).toBe(true);
    closeSync(fd);
    expect(await b.recv()).toBe(2);
  });

  it('waits for room, while the descriptor may be closed', async () => {
    const [a, b] = pipe();
    const large = a.sendBytes(Buffer.alloc(1024 * 1024));
    const fd = openSync(import.meta.filename, 'r');
    const sent = a.sendFd(fd);
    closeSync(fd);
    await b.recvBytes();
    const received = await b.recvFd();
    await Promise.all([large, sent]);
    expect(fstatSync(received).isFile()).toBe(true);
    closeSync(received);
  });

  it('refuses what is no descriptor', async () => {
    const [a] = pipe();
    expect(await rejection(a.sendFd(-1))).toBeInstanceOf(RangeError);
    expect(await rejection(a.sendFd('1' as unknown as number))).toBeInstanceOf(TypeError);
    expect((await rejection(a.sendFd(2 ** 20))).code).toBe('EBADF');
  });

  it('is met by recvFd only: another message is an error, and its descriptors are closed', async () => {
    const [a, b] = pipe();
    const [c] = pipe();
    const before = openFds().length;
    for (const send of [() => a.send(1), () => a.send([c, c])]) {
      await send();
      expect((await rejection(b.recvFd())).message).toMatch(/not a descriptor that sendFd/);
    }
    expect(openFds().length).toBe(before);
    expect((await rejection(b.recvFd({ timeout: 0 }))).code).toBe('ERR_MP_TIMEOUT');
  });
});
