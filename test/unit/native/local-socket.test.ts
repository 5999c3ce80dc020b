import { fstatSync } from 'node:fs';
import { constants } from 'node:os';
import { Worker } from 'node:worker_threads';
import { describe, expect, it, onTestFinished } from 'vitest';
import { native } from '../../../ts/native/binding.js';
import { openFds } from '../../helpers/open-fds.js';
import { thrownBy } from '../../helpers/pipes.js';
import { waitUntil } from '../../helpers/processes.js';

const { EAGAIN, ECONNREFUSED, EBADF } = constants.errno;

function listen(): { fd: number; address: string } {
  const listener = native.listen();
  onTestFinished(() => native.closeFd(listener.fd));
  return listener;
}

/** A descriptor, which the end of the test closes. */
function open(fd: number): number {
  expect(fd).toBeGreaterThan(2);
  onTestFinished(() => native.closeFd(fd));
  return fd;
}

describe('a listening socket', () => {
  it('has an unguessable abstract address, without a leading NUL', () => {
    const { fd, address } = listen();
    expect(address).toMatch(/^node-multiprocessing-[0-9a-f]{32}$/);
    expect(fstatSync(fd).isSocket()).toBe(true);
  });

  it('accepts who has connected, and tells who that is', () => {
    const { fd, address } = listen();
    const client = open(native.connect(address));
    const server = open(native.accept(fd));
    const self = { pid: process.pid, uid: process.getuid!(), gid: process.getgid!() };
    expect(native.peerCredentials(server)).toEqual(self);
    expect(native.peerCredentials(client)).toEqual(self);
    const flags = openFds().filter((one) => [fd, client, server].includes(one.fd));
    expect(flags.map(({ closeOnExec }) => closeOnExec)).toEqual([true, true, true]);
  });

  it('reports what would wait or fail as a negative errno', () => {
    const { fd, address } = native.listen();
    expect(native.accept(fd)).toBe(-EAGAIN);
    native.closeFd(fd);
    expect(native.accept(fd)).toBe(-EBADF);
    expect(native.connect(address)).toBe(-ECONNREFUSED);
  });

  it('a descriptor that is no socket has no peer', () => {
    expect(thrownBy(() => native.peerCredentials(-1))).toMatchObject({
      code: 'EBADF',
      errno: -EBADF,
      syscall: 'getsockopt',
    });
  });

  it('is closed when the worker_thread that owns it is terminated', async () => {
    const program = `
      import { parentPort } from 'node:worker_threads';
      import { native } from ${JSON.stringify(new URL('../../../dist/native/binding.js', import.meta.url).href)};
      parentPort.postMessage(native.listen().address);
      setInterval(() => {}, 1000);`;
    const worker = new Worker(new URL(`data:text/javascript,${encodeURIComponent(program)}`));
    const address = await new Promise<string>((resolve) => worker.once('message', resolve));
    open(native.connect(address));
    await worker.terminate();
    await waitUntil(() => native.connect(address) === -ECONNREFUSED, 'for the socket to close');
  });
});

describe('the user', () => {
  it('is the effective one', () => {
    expect(native.userId()).toBe(process.geteuid!());
  });
});
