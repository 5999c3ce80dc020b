import { createServer, connect as netConnect, type Server, type Socket } from 'node:net';
import { PassThrough } from 'node:stream';
import { describe, expect, it, onTestFinished } from 'vitest';
import { Client } from '../../../ts/connection/client.js';
import { Listener } from '../../../ts/connection/listener.js';
import { type WaitObject, wait } from '../../../ts/connection/wait.js';
import { Queue } from '../../../ts/queues/queue.js';
import { SimpleQueue } from '../../../ts/queues/simple-queue.js';
import type { Connection } from '../../../ts/transport/connection.js';
import { openFds } from '../../helpers/open-fds.js';
import { loopTurns, rejection, usePipes } from '../../helpers/pipes.js';

const pipe = usePipes();

function own<T extends { close(): void }>(resource: T): T {
  onTestFinished(() => resource.close());
  return resource;
}

async function sockets(): Promise<[Socket, Socket]> {
  const server: Server = createServer();
  onTestFinished(() => void server.close());
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const accepted = new Promise<Socket>((resolve) => server.once('connection', resolve));
  const client = netConnect((server.address() as { port: number }).port, '127.0.0.1');
  const both: [Socket, Socket] = [client, await accepted];
  for (const socket of both) onTestFinished(() => void socket.destroy());
  return both;
}

/** The wait begins before `act` makes the object ready. */
async function becomesReady(object: WaitObject, act: () => unknown): Promise<void> {
  expect(await wait([object], { timeout: 0 })).toEqual([]);
  const waiting = wait([object]);
  await loopTurns();
  await act();
  expect(await waiting).toEqual([object]);
  expect(await wait([object])).toEqual([object]);
}

describe('wait resolves to', () => {
  it('a connection that has received something, or is at its end', async () => {
    const [a, b] = pipe();
    await becomesReady(a, () => b.send(1));
    await a.recv();
    await becomesReady(a, () => b.close());
  });

  it('a queue that has an item', async () => {
    for (const queue of [own(new Queue<number>()), own(new SimpleQueue<number>())]) {
      await becomesReady(queue, () => queue.put(7));
      expect(await queue.get()).toBe(7);
    }
  });

  it('a socket that has received something, or is at its end', async () => {
    const [a, b] = await sockets();
    await becomesReady(a, () => b.write('x'));
    expect(a.read().toString()).toBe('x');
    await becomesReady(a, () => b.end());
    const stream = new PassThrough();
    await becomesReady(stream, () => stream.destroy());
  });

  it('a descriptor that is readable, by its number or by fileno()', async () => {
    for (const toObject of [
      (connection: Connection) => connection.fileno(),
      (connection: Connection) => ({ fileno: () => connection.fileno() }),
    ]) {
      const [a, b] = pipe();
      await becomesReady(toObject(a), () => b.send(1));
    }
  });

  it('a listener that has a connection, without taking it', async () => {
    const listener = own(new Listener());
    await becomesReady(listener, async () => own(await Client(listener.address)));
    own(await listener.accept({ timeout: 0 }));
    expect(await wait([listener], { timeout: 0 })).toEqual([]);
  });

  it('a listener with a key only when somebody has proven to hold it', async () => {
    const listener = own(new Listener(undefined, { authkey: 'a' }));
    const waiting = wait([listener]);
    own(await Client(listener.address));
    expect((await rejection(Client(listener.address, { authkey: 'b' }))).code).toBe(
      'ERR_MP_AUTHENTICATION',
    );
    const client = own(await Client(listener.address, { authkey: 'a' }));
    expect(await waiting).toEqual([listener]);
    const server = own(await listener.accept({ timeout: 0 }));
    await client.send(1);
    expect(await server.recv()).toBe(1);
  });

  it('all that are ready, in their order', async () => {
    const pipes = [pipe(), pipe(), pipe()] as const;
    const queue = own(new Queue<number>());
    const objects = [...pipes.map(([a]) => a), queue];
    const waiting = wait(new Set(objects));
    await loopTurns();
    pipes[2][1].sendSync(1);
    pipes[0][1].sendSync(1);
    queue.putNoWait(1);
    expect(await waiting).toEqual([pipes[0][0], pipes[2][0], queue]);
  });

  it('nothing when the time is up, or there is nothing to wait for', async () => {
    const [a] = pipe();
    const objects = [a, own(new Queue()), own(new Listener()), a.fileno(), (await sockets())[0]];
    expect(await wait(objects, { timeout: 0 })).toEqual([]);
    expect(await wait(objects, { timeout: 5 })).toEqual([]);
    expect(await wait([])).toEqual([]);
  });

  it('a rejection when it is given up as soon as it has begun', async () => {
    const [a] = pipe();
    const controller = new AbortController();
    const waiting = wait([a], { signal: controller.signal });
    controller.abort(new Error('enough'));
    await expect(waiting).rejects.toThrow('enough');
  });

  it('what is there, also while others wait for the same', async () => {
    const [a, b] = pipe();
    const receiving = a.recv();
    const waiting = [wait([a]), wait([a, a])];
    await b.send(1);
    await b.send(2);
    expect(await receiving).toBe(1);
    expect(await Promise.all(waiting)).toEqual([[a], [a, a]]);
  });
});

describe('wait', () => {
  it('is given up with the reason of the signal', async () => {
    const [a] = pipe();
    const controller = new AbortController();
    const waiting = rejection(wait([a, own(new Queue())], { signal: controller.signal }));
    await loopTurns();
    controller.abort(new Error('enough'));
    expect((await waiting).message).toBe('enough');
    expect((await rejection(wait([a], { signal: controller.signal }))).message).toBe('enough');
  });

  it('rejects when one of the objects is closed', async () => {
    const [other] = pipe();
    for (const object of [pipe()[0], new Queue()]) {
      const waiting = rejection(wait([other, object]));
      await loopTurns();
      object.close();
      expect((await waiting).code).toBe('ERR_MP_CLOSED');
      expect((await rejection(wait([object]))).code).toBe('ERR_MP_CLOSED');
    }
  });

  it('refuses what cannot be waited for, and says which it is', async () => {
    const [a] = pipe();
    for (const wrong of [null, 'x', {}, -1, 1.5, Promise.resolve()]) {
      const error = await rejection(wait([a, wrong as WaitObject]));
      expect(error).toBeInstanceOf(TypeError);
      expect(error.message).toMatch(
        /^Expected `objects\[1\]` to be a connection, listener, queue,/,
      );
    }
    expect(await rejection(wait(a as unknown as WaitObject[]))).toBeInstanceOf(TypeError);
    expect((await rejection(wait([2 ** 20]))).code).toBe('EBADF');
  });

  it('leaves no descriptor, listener or waiter behind', async () => {
    const [a, b] = pipe();
    const [socket] = await sockets();
    const queue = own(new Queue<number>());
    const objects = [a, queue, a.fileno(), socket];
    await wait(objects, { timeout: 0 });
    const before = openFds().length;
    for (let i = 0; i < 20; i++) {
      const waiting = wait(objects);
      await loopTurns(1);
      await b.send(i);
      expect(await waiting).toEqual([a, a.fileno()]);
      await a.recv();
    }
    expect(openFds().length).toBe(before);
    expect(socket.listenerCount('readable')).toBe(0);
  });

  it('takes many objects', async () => {
    const queues = Array.from({ length: 50 }, () => own(new Queue<number>()));
    const waiting = wait(queues);
    await loopTurns();
    await queues[33]!.put(1);
    expect(await waiting).toEqual([queues[33]]);
  });
});
