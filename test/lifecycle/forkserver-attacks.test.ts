import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { closeSync, openSync } from 'node:fs';
import { afterAll, afterEach, beforeAll, describe, expect, it, onTestFinished } from 'vitest';
import { EOFError } from '../../ts/errors.js';
import { native } from '../../ts/native/binding.js';
import { authenticateServer } from '../../ts/process/forkserver/authentication.js';
import { Connection } from '../../ts/transport/connection.js';
import {
  descriptorsBackTo,
  ForkserverRoot,
  type ServerOfRoot,
} from '../helpers/forkserver-root.js';
import { openFds } from '../helpers/open-fds.js';
import { rejection, usePipes, writeRaw } from '../helpers/pipes.js';

const NOBODY = 65_534;
const isRoot = process.getuid?.() === 0;
const pipe = usePipes();

let root: ForkserverRoot;
let server: ServerOfRoot;
let descriptors: number;
const connections: Connection[] = [];

// One server for all of it, which is the stricter.
beforeAll(async () => {
  root = new ForkserverRoot();
  // What the server has open is then known at any time.
  await root.do('spares', 0);
  server = await root.server();
  descriptors = openFds(server.pid).length;
});
afterAll(() => root.end());

/** A process that is a client already, and a thread that is not yet. */
async function expectServed(): Promise<void> {
  expect(await root.do('run', 3)).toMatchObject({ exitCode: 3, server: server.pid });
  expect(await root.do('runInWorker')).toMatchObject({ exitCode: 0, server: server.pid });
}

afterEach(async () => {
  await expectServed();
  for (const connection of connections.splice(0)) connection.close();
  // And it has closed whatever it was sent.
  await descriptorsBackTo(server.pid, descriptors);
});

function connect(): Connection {
  const connection = Connection.fromFd(native.connect(server.address));
  connections.push(connection);
  return connection;
}

async function authenticate(key = server.key): Promise<Connection> {
  const connection = connect();
  await authenticateServer(connection, Buffer.from(key, 'hex'));
  return connection;
}

/** A client that has introduced itself: it dies with this process, and writes nowhere. */
async function join(): Promise<Connection> {
  const connection = await authenticate();
  const self = native.openProcessHandle(process.pid);
  const nowhere = openSync('/dev/null', 'r+');
  await connection.sendFrame(Buffer.alloc(0), [self, nowhere, nowhere]);
  for (const fd of [self, nowhere]) closeSync(fd);
  return connection;
}

const untilClosed = async (connection: Connection) =>
  expect(await rejection(connection.recvFrame())).toBeInstanceOf(EOFError);

/** Runs Python with a copy of the connection as descriptor 3. */
async function python(connection: Connection, program: string): Promise<void> {
  const args = ['-c', `import array, os, socket\ns = socket.socket(fileno=3)\n${program}`];
  const stdio = ['ignore', 'inherit', 'inherit', connection.fileno()] as const;
  const [code] = await once(spawn('python3', args, { stdio: [...stdio] }), 'exit');
  expect(code).toBe(0);
}

function startAs(uid: number | undefined, program: string): ChildProcess {
  const child = spawn(
    'python3',
    ['-c', `import socket\naddress = '\\0${server.address}'\n${program}`],
    {
      cwd: '/',
      stdio: ['ignore', 'pipe', 'inherit'],
      ...(uid === undefined ? {} : { uid, gid: uid }),
    },
  );
  onTestFinished(async () => {
    if (child.exitCode !== null || child.signalCode !== null) return;
    child.kill('SIGKILL');
    await once(child, 'exit');
  });
  return child;
}

describe('the forkserver refuses', () => {
  it.skipIf(!isRoot)('another user (skipped unless root, who can become one)', async () => {
    const stranger = startAs(
      NOBODY,
      `s = socket.socket(socket.AF_UNIX); s.connect(address); print(len(s.recv(100)), flush=True)`,
    );
    const [output] = await once(stranger.stdout!, 'data');
    // Not even a challenge.
    expect(String(output).trim()).toBe('0');
  });

  it('a wrong key', async () => {
    expect(await rejection(authenticate('00'.repeat(32)))).toBeInstanceOf(EOFError);
  });

  it('an answer of a wrong length', async () => {
    for (const length of [0, 63, 65, 1 << 20]) {
      const connection = connect();
      await connection.recvBytes();
      await connection.sendBytes(Buffer.alloc(length)).catch(() => {});
      await rejection(connection.recvFrame());
    }
  });

  it('a hello that is none', async () => {
    const [one, other] = pipe();
    for (const handles of [[], [one.fileno()], Array(4).fill(other.fileno())]) {
      const connection = await authenticate();
      await connection.sendFrame(Buffer.alloc(0), handles);
      await untilClosed(connection);
    }
  });

  it('garbage instead of a request', async () => {
    const [one, other] = pipe();
    const garbage: ((connection: Connection) => unknown)[] = [
      (connection) => writeRaw(connection, Buffer.from('GET / HTTP/1.1\r\n\r\n')),
      // Promises 2 GiB.
      (connection) => writeRaw(connection, [0x7f, 0xff, 0xff, 0xff, 1, 2, 3]),
      (connection) => writeRaw(connection, [0xff, 0xff, 0xff, 0xff, ...Array(8).fill(0xff)]),
      (connection) => connection.sendFrame(Buffer.from([1]), [one.fileno(), other.fileno()]),
      (connection) => connection.sendFrame(Buffer.alloc(0), []),
      (connection) => connection.sendFrame(Buffer.alloc(0), Array(253).fill(one.fileno())),
    ];
    for (const send of garbage) {
      const connection = await join();
      await send(connection);
      await rejection(connection.recvFrame());
    }
  });

  it('300 descriptors in one request', async () => {
    const connection = await join();
    await python(
      connection,
      `
fds = lambda n: [(socket.SOL_SOCKET, socket.SCM_RIGHTS, array.array('i', [0] * n))]
s.sendmsg([b'\\0\\0'], fds(200))
s.sendmsg([b'\\0\\0'], fds(100))`,
    );
    await untilClosed(connection);
  });

  it('a request whose status descriptor is no socket', async () => {
    const connection = await join();
    const [, channel] = pipe();
    const nowhere = openSync('/dev/null', 'r+');
    await connection.sendFrame(Buffer.alloc(0), [nowhere, channel.fileno()]);
    closeSync(nowhere);
    // Nobody to answer to; the connection stays.
    expect(await connection.poll({ timeout: 50 })).toBe(false);
  });
});

describe('the forkserver survives', () => {
  it('clients that stop in the middle of the handshake, and drops them in time', async () => {
    const silent = connect();
    const inTheHeader = connect();
    writeRaw(inTheHeader, [0, 0]);
    const inTheAnswer = connect();
    writeRaw(inTheAnswer, [0, 0, 0, 64, ...Array(20).fill(7)]);
    await expectServed();
    for (const connection of [silent, inTheHeader, inTheAnswer]) {
      await connection.recvBytes();
      await rejection(connection.recvFrame());
    }
  });

  it('a client that ends before its hello', async () => {
    (await authenticate()).close();
  });

  it('a client that ends in the middle of a request', async () => {
    const connection = await join();
    writeRaw(connection, [0, 0]);
    connection.close();
  });

  it('a client that ends in the middle of a request with descriptors', async () => {
    const connection = await join();
    await python(
      connection,
      `
fds = [(socket.SOL_SOCKET, socket.SCM_RIGHTS, array.array('i', [0] * 100))]
s.sendmsg([b'\\0\\0'], fds)`,
    );
    connection.close();
  });

  it('a client that ends right after its request', async () => {
    for (let i = 0; i < 10; i++) {
      const connection = await join();
      const [status, channel] = pipe();
      await connection.sendFrame(Buffer.alloc(0), [status.fileno(), channel.fileno()]);
      connection.close();
    }
  });

  it('a client that lies about who it is', async () => {
    const connection = await authenticate();
    const nowhere = openSync('/dev/null', 'r+');
    await connection.sendFrame(Buffer.alloc(0), [nowhere, nowhere, nowhere]);
    closeSync(nowhere);
    const [status, its] = pipe();
    const [work, channel] = pipe();
    await connection.sendFrame(Buffer.alloc(0), [its.fileno(), channel.fileno()]);
    for (const end of [its, work, channel]) end.close();
    const { handles } = await status.recvFrame();
    for (const handle of handles) native.closeFd(handle);
    // The child has nothing to do, and ends.
    await rejection(status.recvFrame());
  });

  it('a status socket that is full', async () => {
    const connection = await join();
    const [status, its] = pipe();
    const [work, channel] = pipe();
    await connection.sendFrame(Buffer.alloc(0), [its.fileno(), channel.fileno()]);
    const { handles } = await status.recvFrame();
    for (const handle of handles) native.closeFd(handle);
    const full = rejection(its.sendBytes(Buffer.alloc(1 << 22), { timeout: 10 }));
    expect((await full).code).toBe('ERR_MP_TIMEOUT');
    // Its child ends now, and the server would have to wait to tell.
    work.close();
    channel.close();
    await expectServed();
    status.close();
    its.close();
  });

  it('1,000 idle connections, and keeps few of them', async () => {
    const idle = Array.from({ length: 1000 }, connect);
    await expectServed();
    // 64 strangers, and what belongs to the clients.
    expect(openFds(server.pid).length).toBeLessThan(descriptors + 80);
    for (const connection of idle) connection.close();
  });

  it('a flood of connections', async () => {
    const flood = startAs(
      isRoot ? NOBODY : undefined,
      `
import threading
def flood():
  while True:
    s = socket.socket(socket.AF_UNIX)
    try:
      s.connect(address)
      s.recv(1)
    except OSError: pass
    s.close()
print('begins', flush=True)
# Fewer than the strangers that are kept: who is not dropped gets his answer.
for _ in range(50): threading.Thread(target=flood).start()`,
    );
    await once(flood.stdout!, 'data');
    for (let i = 0; i < 3; i++) await expectServed();
    flood.kill('SIGKILL');
    await once(flood, 'exit');
  });
});
