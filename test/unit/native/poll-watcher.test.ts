import { closeSync, openSync, readFileSync } from 'node:fs';
import { expect, it, onTestFinished } from 'vitest';
import { native, READABLE, WRITABLE } from '../../../ts/native/binding.js';
import { thrownBy } from '../../helpers/pipes.js';

const O_NONBLOCK = 0o4000;

function socketPair(): [number, number] {
  const fds = native.socketPair(true);
  onTestFinished(() => {
    for (const fd of fds) native.closeFd(fd);
  });
  return fds;
}

/** A watcher, and its next call. */
function watch(fd: number) {
  let tell: (call: unknown) => void;
  const watcher = new native.PollWatcher(fd, (status, events) => {
    watcher.stop();
    tell({ status, events });
  });
  onTestFinished(() => watcher.close());
  const next = (events: number) => {
    watcher.start(events, true);
    return new Promise<unknown>((resolve) => {
      tell = resolve;
    });
  };
  return { watcher, next };
}

function isNonBlocking(fd: number): boolean {
  const flags = /^flags:\s*(\d+)/m.exec(readFileSync(`/proc/self/fdinfo/${fd}`, 'utf8'))![1]!;
  return (Number.parseInt(flags, 8) & O_NONBLOCK) !== 0;
}

it('leaves a blocking descriptor blocking: others may share it', async () => {
  const [a, b] = socketPair();
  const { next } = watch(a);
  expect(await next(WRITABLE)).toEqual({ status: 0, events: WRITABLE });
  native.sendFrame(b, Buffer.from('x'), 0, false);
  expect(await next(READABLE)).toEqual({ status: 0, events: READABLE });
  expect([isNonBlocking(a), isNonBlocking(b)]).toEqual([false, false]);
});

it('tells of the end of file', async () => {
  const [a, b] = socketPair();
  const { next } = watch(a);
  native.closeFd(b);
  expect(await next(READABLE)).toEqual({ status: 0, events: READABLE });
});

it('watches a descriptor again after another watcher of it was closed, not before', async () => {
  const [a] = socketPair();
  const first = watch(a);
  const second = watch(a);
  const event = first.next(WRITABLE);
  expect(thrownBy(() => second.watcher.start(WRITABLE, true))).toMatchObject({ code: 'EEXIST' });
  await event;
  first.watcher.close();
  expect(await second.next(WRITABLE)).toEqual({ status: 0, events: WRITABLE });
  expect(thrownBy(() => first.watcher.start(WRITABLE, true))).toMatchObject({ code: 'EBADF' });
});

it('refuses what cannot be watched', () => {
  const file = openSync(import.meta.filename, 'r');
  onTestFinished(() => closeSync(file));
  expect(thrownBy(() => watch(file))).toMatchObject({ code: 'EPERM', syscall: 'epoll_ctl' });
  expect(thrownBy(() => watch(-1))).toMatchObject({ code: 'EBADF', syscall: 'epoll_ctl' });
});
