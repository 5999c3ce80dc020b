import { expect, it, vi } from 'vitest';
import { Client } from '../../../ts/connection/client.js';
import { Listener } from '../../../ts/connection/listener.js';
import { wait } from '../../../ts/connection/wait.js';
import { native } from '../../../ts/native/binding.js';
import { openSockets } from '../../helpers/open-fds.js';
import { usePipes } from '../../helpers/pipes.js';

const pipe = usePipes();
const failure = { message: 'EMFILE' };

class Unavailable {
  constructor() {
    throw new Error('EMFILE');
  }
}

/** Runs a function while nothing more can be watched: a place in the event loop takes a descriptor. */
async function withoutDescriptors(run: () => Promise<void>): Promise<void> {
  const watcher = vi.spyOn(native, 'PollWatcher').mockImplementation(Unavailable as never);
  try {
    await run();
  } finally {
    watcher.mockRestore();
  }
}

it('who cannot wait is told so, and may try again', async () => {
  const [a, b] = pipe();
  const large = Buffer.alloc(4 << 20, 1);
  await withoutDescriptors(async () => {
    await expect(a.recv()).rejects.toMatchObject(failure);
    await expect(a.poll({ timeout: 1000 })).rejects.toMatchObject(failure);
    await expect(wait([b.fileno()])).rejects.toMatchObject(failure);
  });
  const receiving = a.recv();
  const [bytes] = await Promise.all([receiving, b.send(large)]);
  expect(large.equals(bytes as Buffer)).toBe(true);
});

it('who cannot wait to send is told so; what is out in part follows', async () => {
  const [a, b] = pipe();
  const large = Buffer.alloc(4 << 20, 1);
  await withoutDescriptors(async () => {
    await expect(b.sendBytes(large)).rejects.toMatchObject(failure);
  });
  const received = [a.recvBytes(), a.recvBytes()];
  await b.sendBytes(Buffer.from('next'));
  expect(large.equals(await received[0]!)).toBe(true);
  expect(String(await received[1])).toBe('next');
});

it('who cannot accept or connect is told so, and nothing stays open', async () => {
  const listener = new Listener({ host: '127.0.0.1', port: 0 });
  const before = openSockets().length;
  await withoutDescriptors(async () => {
    await expect(listener.accept()).rejects.toMatchObject(failure);
    await expect(Client(listener.address)).rejects.toMatchObject(failure);
  });
  expect(openSockets().length).toBe(before);
  const [client, server] = await Promise.all([Client(listener.address), listener.accept()]);
  await client.send(1);
  for (const end of [client, server, listener]) end.close();
});
