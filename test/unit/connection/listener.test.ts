import dns from 'node:dns';
import { existsSync, lstatSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { describe, expect, it, type MockInstance, onTestFinished, vi } from 'vitest';
import type { Address, InternetAddress } from '../../../ts/connection/address.js';
import { Client, type ClientOptions } from '../../../ts/connection/client.js';
import { Listener, type ListenerOptions } from '../../../ts/connection/listener.js';
import { native } from '../../../ts/native/binding.js';
// Functions can travel.
import '../../../ts/serialization/pickle.js';
import type { Connection } from '../../../ts/transport/connection.js';
import { Pipe } from '../../../ts/transport/pipe.js';
import { loopTurns, rejection, thrownBy } from '../../helpers/pipes.js';

function own<T extends { close(): void }>(resource: T): T {
  onTestFinished(() => resource.close());
  return resource;
}

const listen = (address?: Address, options?: ListenerOptions) =>
  own(new Listener(address, options));
const connect = async (address: Address, options?: ClientOptions) =>
  own(await Client(address, options));

async function connected(listener: Listener, options?: ClientOptions) {
  const [server, client] = await Promise.all([
    listener.accept(),
    connect(listener.address, options),
  ]);
  return { server: own(server), client };
}

async function exchange(one: Connection, other: Connection): Promise<void> {
  await one.send({ from: 'one' });
  expect(await other.recv()).toEqual({ from: 'one' });
  await other.send({ from: 'other' });
  expect(await one.recv()).toEqual({ from: 'other' });
}

const freePath = () => path.join(tmpdir(), `mp-test-${process.pid}-${Math.random()}`);
const abstractName = () => `\0mp-test-${process.pid}-${Math.random()}`;
const anyPort: InternetAddress = { host: '127.0.0.1', port: 0 };

describe('a listener', () => {
  it.each<[string, () => Address | undefined]>([
    ['a path of its own', () => undefined],
    ['a path', freePath],
    ['an abstract name', abstractName],
    ['IPv4', () => anyPort],
    ['IPv6', () => ({ host: '::1', port: 0 })],
    ['a name of a host', () => ({ host: 'localhost', port: 0 })],
    ['every address', () => ({ host: '', port: 0 })],
  ])('at %s takes connections', async (_, address) => {
    const listener = listen(address());
    const { server, client } = await connected(listener);
    await exchange(client, server);
    await exchange(server, client);
  });

  it('tells the real address, and where a connection comes from', async () => {
    const listener = listen({ host: 'localhost', port: 0 });
    const { host, port } = listener.address as InternetAddress;
    expect(host).toBe('127.0.0.1');
    expect(port).toBeGreaterThan(0);
    expect(listener.lastAccepted).toBeUndefined();
    const { client } = await connected(listener);
    expect(listener.lastAccepted).toEqual(native.addressOf(client.fileno(), false));
  });

  it('without an address has a path that only this user can reach, until it is closed', () => {
    const listener = listen();
    const file = listener.address as string;
    const directory = path.dirname(file);
    expect(lstatSync(file).isSocket()).toBe(true);
    expect(statSync(directory).mode & 0o777).toBe(0o700);
    listener.close();
    expect(existsSync(directory)).toBe(false);
    listener.close();
    expect(listener.address).toBe(file);
  });

  it('of a family without an address has one', async () => {
    for (const [family, host] of [
      ['AF_INET', '127.0.0.1'],
      ['AF_INET6', '::1'],
    ] as const) {
      const listener = listen(undefined, { family });
      expect((listener.address as InternetAddress).host).toBe(host);
      const { server, client } = await connected(listener);
      await exchange(server, client);
    }
  });

  it('leaves its path to whoever has taken it meanwhile', () => {
    const file = freePath();
    const listener = listen(file);
    rmSync(file);
    writeFileSync(file, 'somebody else');
    onTestFinished(() => rmSync(file));
    listener.close();
    expect(existsSync(file)).toBe(true);
  });

  it('cannot have an address that is in use', () => {
    for (const address of [freePath(), abstractName(), anyPort]) {
      const { address: taken } = listen(address);
      const error = thrownBy(() => new Listener(taken));
      expect(error).toMatchObject({ code: 'EADDRINUSE', syscall: 'bind' });
    }
  });

  it('refuses a host and a path that cannot be', () => {
    expect(thrownBy(() => new Listener({ host: 'no.invalid', port: 0 }))).toMatchObject({
      code: 'ENOTFOUND',
      message: 'ENOTFOUND: no such host, getaddrinfo no.invalid:0',
    });
    expect(thrownBy(() => new Listener('x'.repeat(200))).code).toBe('ENAMETOOLONG');
    expect(thrownBy(() => new Listener('a\0b')).code).toBe('EINVAL');
    expect(thrownBy(() => new Listener('/no/such/directory/socket')).code).toBe('ENOENT');
  });

  it('refuses arguments that are none', () => {
    const refused = (...args: unknown[]) =>
      thrownBy(() => new (Listener as new (...args: unknown[]) => Listener)(...args));
    expect(refused(7)).toBeInstanceOf(TypeError);
    expect(refused('')).toBeInstanceOf(RangeError);
    expect(refused({ host: 'a' })).toBeInstanceOf(TypeError);
    expect(refused({ host: 'a', port: 65536 })).toBeInstanceOf(RangeError);
    expect(refused('a', { family: 'AF_INET' }).message).toMatch(
      /Expected `address` to be \{ host, port \}/,
    );
    expect(refused(anyPort, { family: 'AF_UNIX' })).toBeInstanceOf(TypeError);
    expect(refused(anyPort, { family: 'AF_X25' })).toBeInstanceOf(RangeError);
    expect(refused(anyPort, { authkey: 7 }).message).toMatch(/`authkey` to be bytes or a string/);
    expect(refused(anyPort, { backlog: -1 })).toBeInstanceOf(RangeError);
    expect(refused(anyPort, { handshakeTimeout: Number.NaN })).toBeInstanceOf(RangeError);
    expect(refused(anyPort, { maxHandshakes: 0 })).toBeInstanceOf(RangeError);
    expect(refused(anyPort, { functions: 1 })).toBeInstanceOf(TypeError);
    expect(refused(anyPort, { onHandshakeError: 1 })).toBeInstanceOf(TypeError);
  });

  it('says that named pipes are those of Windows', () => {
    for (const make of [
      () => new Listener('\\\\.\\pipe\\name'),
      () => new Listener(undefined, { family: 'AF_PIPE' }),
    ]) {
      expect(thrownBy(make)).toMatchObject({
        code: 'ERR_MP_PROCESS',
        message: expect.stringMatching(
          /^Family AF_PIPE, the named pipes of Windows, is not available/,
        ),
      });
    }
  });

  it('accepts those who connected before, in order', async () => {
    const listener = listen();
    const clients = [await connect(listener.address), await connect(listener.address)];
    for (const client of clients) {
      const server = own(await listener.accept());
      await exchange(client, server);
    }
  });

  it('serves several calls of accept one after the other', async () => {
    const listener = listen();
    const accepted = [listener.accept(), listener.accept()];
    for (const promise of accepted) {
      const client = await connect(listener.address);
      await exchange(client, own(await promise));
    }
  });

  it('waits for a connection as long as it is told', async () => {
    const listener = listen();
    expect((await rejection(listener.accept({ timeout: 0 }))).code).toBe('ERR_MP_TIMEOUT');
    expect((await rejection(listener.accept({ timeout: 5 }))).code).toBe('ERR_MP_TIMEOUT');
    await rejection(listener.accept({ timeout: -1 }));
    const controller = new AbortController();
    const aborted = rejection(listener.accept({ signal: controller.signal }));
    controller.abort(new Error('enough'));
    expect((await aborted).message).toBe('enough');
    const client = await connect(listener.address);
    await exchange(client, own(await listener.accept({ timeout: 0 })));
  });

  it('fails those who wait when it is closed, and cannot be used afterwards', async () => {
    const listener = listen();
    const waiting = rejection(listener.accept());
    listener.close();
    expect((await waiting).code).toBe('ERR_MP_CLOSED');
    expect((await rejection(listener.accept())).code).toBe('ERR_MP_CLOSED');
    expect(thrownBy(() => listener.fileno()).code).toBe('ERR_MP_CLOSED');
    expect((await rejection(Client(listener.address))).code).toBe('ENOENT');
  });

  it('is iterated until it is closed', async () => {
    const listener = listen();
    const received: unknown[] = [];
    const serving = (async () => {
      for await (const connection of listener) {
        received.push(await connection.recv());
        connection.close();
        if (received.length === 2) listener.close();
      }
    })();
    for (const n of [1, 2]) await (await connect(listener.address)).send(n);
    await serving;
    expect(received).toEqual([1, 2]);
  });

  it('carries connections and descriptors over AF_UNIX', async () => {
    const { server, client } = await connected(listen());
    const [mine, yours] = Pipe().map(own) as [Connection, Connection];
    await client.send({ connection: yours });
    const { connection } = await server.recv<{ connection: Connection }>();
    await exchange(mine, own(connection));
  });

  it('says so where connections and descriptors cannot travel', async () => {
    const { server, client } = await connected(listen(anyPort));
    const [mine] = Pipe().map(own) as [Connection, Connection];
    const error = await rejection(client.send(mine));
    expect(error.message).toMatch(
      /^Connections and descriptors travel between processes of one machine/,
    );
    await exchange(client, server);
  });
});

describe('a client', () => {
  it('learns that nobody listens', async () => {
    expect(await rejection(Client('/no/such/socket'))).toMatchObject({
      code: 'ENOENT',
      syscall: 'connect',
      path: '/no/such/socket',
    });
    const { address } = listen(anyPort);
    const gone = listen(anyPort);
    gone.close();
    expect(await rejection(Client(gone.address))).toMatchObject({
      code: 'ECONNREFUSED',
      address: '127.0.0.1',
      port: (gone.address as InternetAddress).port,
    });
    expect((await rejection(Client(address, { family: 'AF_UNIX' }))).code).toBe(
      'ERR_INVALID_ARG_TYPE',
    );
    expect((await rejection(Client({ host: 'no.invalid', port: 1 }))).code).toBe('ENOTFOUND');
  });

  it('tries all addresses of a host', async () => {
    const { port } = listen({ host: '::1', port: 0 }).address as InternetAddress;
    // Nobody listens at the first one.
    const found = [
      { address: '127.0.0.1', family: 4 },
      { address: '::1', family: 6 },
    ];
    const lookup = vi.spyOn(dns.promises, 'lookup') as unknown as MockInstance;
    onTestFinished(() => lookup.mockRestore());
    lookup.mockResolvedValue(found);
    await connect({ host: 'both', port });
    expect(lookup).toHaveBeenLastCalledWith('both', { all: true, family: 0, order: 'ipv4first' });
    lookup.mockResolvedValue(found.slice(0, 1));
    const error = await rejection(Client({ host: 'both', port }, { family: 'AF_INET' }));
    expect(error.code).toBe('ECONNREFUSED');
    expect(lookup.mock.lastCall).toMatchObject(['both', { family: 4 }]);
  });

  it('waits for its turn where too many wait, as long as it is told', async () => {
    const listener = listen(undefined, { backlog: 0 });
    await connect(listener.address);
    expect((await rejection(Client(listener.address, { timeout: 0 }))).code).toBe('ERR_MP_TIMEOUT');
    expect((await rejection(Client(listener.address, { timeout: 5 }))).code).toBe('ERR_MP_TIMEOUT');
    const controller = new AbortController();
    const aborted = rejection(Client(listener.address, { signal: controller.signal }));
    controller.abort(new Error('enough'));
    expect((await aborted).message).toBe('enough');
    const waiting = connect(listener.address);
    own(await listener.accept());
    await exchange(await waiting, own(await listener.accept()));
  });
});

describe('a handshake', () => {
  const authkey = 'secret';

  it.each([
    ['bytes', Buffer.from('secret'), 'secret'],
    ['nothing, which is a key too', '', new Uint8Array()],
  ])('with a key of %s succeeds', async (_, one, other) => {
    const listener = listen(undefined, { authkey: one });
    const { server, client } = await connected(listener, { authkey: other });
    await exchange(client, server);
  });

  it('with another key is refused on both sides, and the next one is accepted', async () => {
    const errors: unknown[] = [];
    const onHandshakeError = (error: unknown) => errors.push(error);
    const listener = listen(undefined, { authkey, onHandshakeError });
    const accepted = listener.accept();
    const refusal = await rejection(Client(listener.address, { authkey: 'other' }));
    expect(refusal.code).toBe('ERR_MP_AUTHENTICATION');
    const client = await connect(listener.address, { authkey });
    await exchange(client, own(await accepted));
    expect(errors).toMatchObject([{ code: 'ERR_MP_AUTHENTICATION' }]);
  });

  it('is expected by a listener with a key, of which a client without one learns when it receives', async () => {
    const listener = listen(undefined, { authkey });
    const accepting = rejection(listener.accept());
    const client = await connect(listener.address);
    const error = await rejection(client.recv());
    expect(error.message).toMatch(/the challenge of a Listener that expects an `authkey`/);
    listener.close();
    await accepting;
  });

  it('that the listener does not know of ends with the timeout of the client', async () => {
    const { address } = listen();
    const error = await rejection(Client(address, { authkey, timeout: 10 }));
    expect(error.message).toBe('The other side did not complete the handshake in time');
  });

  it('with something else is an AuthenticationError', async () => {
    const listener = listen();
    for (const answer of ['HTTP/1.1 400 Bad Request\r\n', '\0\0\0\x05hello', '\0\0\x01\x01']) {
      const failure = rejection(Client(listener.address, { authkey }));
      const server = own(await listener.accept());
      const socket = connectSocket(server);
      socket.end(answer);
      expect((await failure).code, answer).toBe('ERR_MP_AUTHENTICATION');
    }
  });

  it('that is cut off is the end of file', async () => {
    const listener = listen();
    const failure = rejection(Client(listener.address, { authkey }));
    own(await listener.accept()).close();
    expect(await failure).toMatchObject({
      code: 'ERR_MP_EOF',
      message: 'The other side closed the connection during the handshake',
    });
  });

  it('is not held up by those who are silent', async () => {
    const listener = listen(undefined, { authkey });
    const accepting = listener.accept();
    const silent = await Promise.all([1, 2, 3].map(() => connect(listener.address)));
    const client = await connect(listener.address, { authkey });
    await exchange(client, own(await accepting));
    expect(silent.some((one) => one.closed)).toBe(false);
  });

  it('must be done in time', async () => {
    const errors: Error[] = [];
    const listener = listen(undefined, {
      authkey,
      handshakeTimeout: 5,
      onHandshakeError: (error) => errors.push(error as Error),
    });
    const accepting = rejection(listener.accept());
    const silent = await connect(listener.address);
    await silent.recvBytes();
    expect((await rejection(silent.recvBytes())).code).toBe('ERR_MP_EOF');
    expect(errors).toMatchObject([{ code: 'ERR_MP_TIMEOUT' }]);
    listener.close();
    await accepting;
  });

  it('of too many at once costs the oldest their place', async () => {
    const listener = listen(undefined, { authkey, maxHandshakes: 2 });
    const accepting = listener.accept();
    const oldest = await connect(listener.address);
    await oldest.recvBytes();
    await connect(listener.address);
    const client = await connect(listener.address, { authkey });
    await exchange(client, own(await accepting));
    expect((await rejection(oldest.recvBytes())).code).toBe('ERR_MP_EOF');
  });

  it('goes on when accept has given up, and serves the next call', async () => {
    const listener = listen(undefined, { authkey });
    const first = rejection(listener.accept({ timeout: 0 }));
    expect((await first).code).toBe('ERR_MP_TIMEOUT');
    const connecting = connect(listener.address, { authkey });
    // Takes it from the system, and does not wait for what it says.
    for (;;) {
      await loopTurns(1);
      const accepted = await listener.accept({ timeout: 0 }).catch(() => undefined);
      if (accepted === undefined) continue;
      await exchange(await connecting, own(accepted));
      return;
    }
  });

  it('may come byte by byte', async () => {
    const listener = listen(undefined, { authkey });
    const accepting = listener.accept();
    const relay = listen();
    const connecting = connect(relay.address, { authkey });
    const inner = own(await relay.accept());
    const outer = await connect(listener.address);
    let isDone = false;
    const pump = async (from: Connection, to: Connection) => {
      const one = Buffer.alloc(1);
      while (!isDone) {
        const count = native.receive(from.fileno(), one, 0, 1);
        if (count === 1) writeByte(to, one);
        await loopTurns(1);
      }
    };
    const pumping = [pump(inner, outer), pump(outer, inner)];
    await Promise.all([accepting.then(own), connecting]);
    isDone = true;
    await Promise.all(pumping);
  });
});

describe('functions: false', () => {
  class Point {
    x = 1;
  }

  it('refuses functions, classes, instances and modules, and takes everything else', async () => {
    const listener = listen(undefined, { functions: false });
    const { server, client } = await connected(listener);
    expect([server.functions, client.functions]).toEqual([false, true]);
    for (const value of [
      () => 1,
      Point,
      new Point(),
      { deep: [parseInt] },
      new Error('x', { cause: Point }),
    ]) {
      await client.send(value);
      const error = await rejection(server.recv());
      expect(error).toMatchObject({
        code: 'ERR_MP_PICKLING',
        message: expect.stringMatching(
          /^cannot unpickle .*: this connection was made with `functions: false`/,
        ),
      });
    }
    const data = { a: [1n, new Map([['b', new Set([/c/g])]]), new Date(0), Buffer.from('d')] };
    await client.send(data);
    expect(await server.recv()).toEqual(data);
    await client.send(new RangeError('told'));
    expect(await server.recv()).toMatchObject({ name: 'RangeError', message: 'told' });
  });

  it('stays with a connection that travels', async () => {
    const { server, client } = await connected(listen(), { functions: false });
    const [here, there] = Pipe().map(own) as [Connection, Connection];
    await here.send(client);
    const moved = own(await there.recv<Connection>());
    await server.send(() => 1);
    expect((await rejection(moved.recv())).code).toBe('ERR_MP_PICKLING');
  });
});

describe('what comes from Python', () => {
  it.each([2, 3, 4, 5])('as a pickle of protocol %i is named as such', async (protocol) => {
    const { server, client } = await connected(listen());
    await client.sendBytes(Buffer.of(0x80, protocol, 0x4b, 1, 0x2e));
    const error = await rejection(server.recv());
    expect(error.message).toMatch(/a pickle of Python, .* sendBytes\(\) and recvBytes\(\) here/);
  });
});

function connectSocket(connection: Connection) {
  return { end: (text: string) => writeByte(connection, Buffer.from(text, 'latin1')) };
}

function writeByte(connection: Connection, bytes: Buffer): void {
  // Raw, as a program that knows nothing of frames.
  native.writeAll(connection.fileno(), bytes);
}
