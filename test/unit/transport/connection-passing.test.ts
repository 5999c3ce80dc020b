import { closeSync, openSync, readlinkSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { runAfterForkHooks } from '../../../ts/lifecycle/after-fork.js';
import type { Connection } from '../../../ts/transport/connection.js';
import {
  closeAllConnections,
  markAllConnectionsShared,
} from '../../../ts/transport/open-connections.js';
import { openFds, openSockets } from '../../helpers/open-fds.js';
import { loopTurns, rejection, thrownBy, usePipes, writeRaw } from '../../helpers/pipes.js';

const pipe = usePipes();
const targetOf = (fd: number) => readlinkSync(`/proc/self/fd/${fd}`);

describe('a connection in a message', () => {
  it('arrives as one over the same socket, and the sender keeps its own', async () => {
    const [a, b] = pipe();
    const [reader, writer] = pipe({ duplex: false });
    await a.send({ to: writer, twice: [writer] });
    const { to, twice } = await b.recv<{
      to: Connection;
      twice: Connection[];
    }>();
    try {
      expect(twice[0]).toBe(to);
      expect([to.readable, to.writable]).toEqual([false, true]);
      expect(to.fileno()).not.toBe(writer.fileno());
      expect(targetOf(to.fileno())).toBe(targetOf(writer.fileno()));
      await to.send('by the copy');
      writer.sendSync('by the original');
      expect(await reader.recv()).toBe('by the copy');
      expect(await reader.recv()).toBe('by the original');
      writer.close();
    } finally {
      to.close();
    }
    expect(await rejection(reader.recv())).toMatchObject({
      code: 'ERR_MP_EOF',
    });
  });

  it('waits in line with its message, even if it is closed meanwhile', async () => {
    const [a, b] = pipe();
    const [far, near] = pipe();
    const blocked = a.sendBytes(Buffer.alloc(4 << 20));
    const sent = a.send(near);
    near.close();
    await b.recvBytes();
    await Promise.all([blocked, sent]);
    const copy = b.recvSync<Connection>();
    await copy.send('still there');
    copy.close();
    expect(await far.recv()).toBe('still there');
  });

  it('closed, cannot be sent', async () => {
    const [a, b] = pipe();
    b.close();
    expect(await rejection(a.send([b]))).toMatchObject({
      code: 'ERR_MP_PICKLING',
    });
  });

  it('is not left open when its message is received as bytes', async () => {
    const [a, b] = pipe();
    await a.send(a);
    const before = openSockets().length;
    await b.recvBytes();
    expect(openSockets()).toHaveLength(before);
  });

  it('is not left open when nobody receives its message', async () => {
    const before = openSockets().length;
    const [a, b] = pipe();
    const large = { b, bytes: Buffer.alloc(1 << 20) };
    const sent = rejection(a.send(large));
    expect(await rejection(b.recv({ timeout: 0 }))).toMatchObject({
      code: 'ERR_MP_TIMEOUT',
    });
    a.close();
    b.close();
    await sent;
    expect(openSockets()).toHaveLength(before);
  });
});

describe('descriptors of a frame', () => {
  it('arrive as copies that are CLOEXEC', async () => {
    const [a, b] = pipe();
    const file = openSync('/dev/zero', 'r');
    await a.sendFrame(Buffer.from('body'), [file, file]);
    closeSync(file);
    const { body, handles } = await b.recvFrame();
    expect(body.toString()).toBe('body');
    expect(handles).toHaveLength(2);
    for (const fd of handles) {
      expect(openFds()).toContainEqual({
        fd,
        target: '/dev/zero',
        closeOnExec: true,
      });
      closeSync(fd);
    }
  });

  it('more than the kernel takes are refused', async () => {
    const [a, b] = pipe();
    const handles = Array(254).fill(a.fileno());
    const error = await rejection(a.sendFrame(Buffer.alloc(1), handles));
    expect(error.message).toContain('at most 253 descriptors');
    expect(await b.poll()).toBe(false);
  });

  it('none leaks, whatever became of the connections', async () => {
    const before = openFds().filter(({ target }) => !target.startsWith('anon_inode')).length;
    for (let i = 0; i < 20; i++) {
      const [a, b] = pipe({ duplex: i % 2 === 0 });
      const received = rejection(a.recv());
      await loopTurns(1);
      b.close();
      await received;
      a.close();
    }
    const after = openFds().filter(({ target }) => !target.startsWith('anon_inode')).length;
    expect(after).toBe(before);
  });

  it('of connections are CLOEXEC', () => {
    const [a, b] = pipe();
    const fds = openFds();
    for (const end of [a, b])
      expect(fds.find(({ fd }) => fd === end.fileno())!.closeOnExec).toBe(true);
  });
});

// The hooks that run in a forked child, run here.
describe('after a fork', () => {
  it('an inherited connection forgets the waits of the parent and works on', async () => {
    const [a, b] = pipe();
    let settled = false;
    const forget = () => {
      settled = true;
    };
    b.recv({ timeout: 5 }).then(forget, forget);
    b.poll({ timeout: 5 }).then(forget, forget);
    b.sendBytes(Buffer.alloc(4 << 20)).then(forget, forget);
    runAfterForkHooks('objects');
    await a.send('to the child');
    expect(await b.recv()).toBe('to the child');
    expect(settled).toBe(false);
  });

  it('a frame half received is the business of the parent', async () => {
    const [a, b] = pipe();
    const controller = new AbortController();
    const received = rejection(b.recvBytes({ signal: controller.signal }));
    writeRaw(a, [0, 0, 0, 5, 1]);
    await loopTurns();
    controller.abort();
    await received;
    runAfterForkHooks('objects');
    writeRaw(a, [0, 0, 0, 1, 65]);
    expect(String(await b.recvBytes())).toBe('A');
  });
});

describe('all connections of a thread', () => {
  it('can be closed at once', async () => {
    const ends = [...pipe(), ...pipe({ duplex: false })];
    const received = rejection(ends[0]!.recv());
    closeAllConnections();
    expect(ends.map(({ closed }) => closed)).toEqual([true, true, true, true]);
    expect(await received).toMatchObject({ code: 'ERR_MP_CLOSED' });
  });

  it('can be shared at once, in the middle of a message too', async () => {
    const [a, b] = pipe();
    const sent = a.sendBytes(Buffer.alloc(4 << 20, 1));
    markAllConnectionsShared();
    const next = a.send('next');
    expect(await b.recvBytes()).toHaveLength(4 << 20);
    await sent;
    await next;
    expect(b.recvSync()).toBe('next');
    expect(thrownBy(() => b.recvSync({ timeout: 0 }))).toMatchObject({
      code: 'ERR_MP_TIMEOUT',
    });
  });
});
