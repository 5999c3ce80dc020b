/** Listeners and Clients of CPython and of this package, in both directions. */
import { createHash } from 'node:crypto';
import { createServer, connect as netConnect, type Server } from 'node:net';
import { afterAll, beforeAll, describe, expect, it, onTestFinished } from 'vitest';
import type { Address, InternetAddress } from '../../ts/connection/address.js';
import { Client } from '../../ts/connection/client.js';
import { answerChallenge, deliverChallenge } from '../../ts/connection/handshake.js';
import { Listener, type ListenerOptions } from '../../ts/connection/listener.js';
import type { Connection } from '../../ts/transport/connection.js';
import { rejection } from '../helpers/pipes.js';
import { type PythonPeer, startPythonPeer } from '../helpers/python-peer.js';
import { findPythons, type Python } from '../helpers/pythons.js';

const KEY = Buffer.from('a key, \0 \xff and all', 'latin1');
const OTHER = Buffer.from('another key');
const MIB = 1024 * 1024;

const hex = (bytes: Uint8Array | undefined) =>
  bytes === undefined ? null : Buffer.from(bytes).toString('hex');

/** As Python writes an address. */
const toPython = (address: Address) =>
  typeof address === 'string' ? address : [address.host, address.port];

function fromPython(address: unknown): Address {
  if (typeof address === 'string') return address;
  const [host, port] = address as [string, number];
  return { host, port };
}

function own<T extends { close(): void }>(resource: T): T {
  onTestFinished(() => resource.close());
  return resource;
}

const pythons = findPythons(6);
if (pythons.length === 0) {
  describe.skip('CPython (skipped: there is no python3 of version 3.6 or later)', () => {
    it('is connected to', () => {});
  });
}

describe.each(pythons)('CPython $version', ({ command, version }: Python) => {
  // It tries to unlink such a name as if it were a path.
  const closesAbstractNames = version !== '3.6';
  let peer: PythonPeer;
  const ask = (...request: unknown[]) => peer.ask(...request);

  beforeAll(() => {
    peer = startPythonPeer(command, 'connection_peer.py');
  });

  afterAll(() => peer.stop());

  /** Our Listener, its Client. */
  async function accepted(
    address?: Address,
    key?: Uint8Array,
    options?: ListenerOptions,
  ): Promise<Connection> {
    const listener = own(new Listener(address, { authkey: key, ...options }));
    const connecting = ask('connect', toPython(listener.address), hex(key));
    const connection = own(await listener.accept());
    await connecting;
    return connection;
  }

  /** Its Listener, our Client. */
  async function connected(
    address: Address | null,
    family: string | null,
    key?: Uint8Array,
  ): Promise<Connection> {
    const python = await ask(
      'listen',
      address === null ? null : toPython(address),
      family,
      hex(key),
    );
    const accepting = ask('accept');
    const connection = own(await Client(fromPython(python), { authkey: key }));
    await accepting;
    await ask('close_listener');
    return connection;
  }

  async function exchange(connection: Connection): Promise<void> {
    for (const message of ['', 'a', 'x'.repeat(16384), 'y'.repeat(16385)]) {
      await connection.sendBytes(Buffer.from(message));
      expect(await ask('recv_bytes')).toBe(hex(Buffer.from(message)));
      await ask('send_bytes', hex(Buffer.from(message)));
      expect((await connection.recvBytes()).toString()).toBe(message);
    }
    await ask('close');
    expect((await rejection(connection.recvBytes())).code).toBe('ERR_MP_EOF');
  }

  const abstract = () => `\0mp-test-${process.pid}-${Math.random()}`;
  const anyPort: InternetAddress = { host: '127.0.0.1', port: 0 };

  describe.each([
    ['without a key', undefined],
    ['with a key', KEY],
  ])('%s', (_, key) => {
    it.each<[string, () => Address | undefined]>([
      ['a path', () => undefined],
      ['an abstract name', abstract],
      ['TCP', () => anyPort],
    ])('its Client reaches our Listener over %s', async (_, address) => {
      await exchange(await accepted(address(), key));
    });

    if (!closesAbstractNames)
      it.skip('an abstract name (skipped: 3.6 cannot close such a Listener)', () => {});
    it.each<readonly [string, () => Address | null, string | null]>([
      ['a path', () => null, null],
      ...(closesAbstractNames ? [['an abstract name', abstract, null] as const] : []),
      ['TCP', () => ({ host: 'localhost', port: 0 }), null],
    ])('our Client reaches its Listener over %s', async (_, address, family) => {
      await exchange(await connected(address(), family, key));
    });
  });

  it('large messages arrive, in both directions', async () => {
    for (const address of [undefined, anyPort]) {
      const connection = await accepted(address, KEY);
      for (const size of [65536, 65537, 5 * MIB]) {
        const message = Buffer.alloc(size, 'large');
        const arriving = ask('recv_large');
        await connection.sendBytes(message);
        expect(await arriving).toEqual([size, createHash('sha256').update(message).digest('hex')]);
        const sending = ask('send_large', size);
        expect((await connection.recvBytes()).equals(Buffer.alloc(size, 0xa5))).toBe(true);
        await sending;
      }
      await ask('close');
    }
  });

  it('its Client with another key is refused by our Listener, which accepts the next one', async () => {
    const refused: unknown[] = [];
    const listener = own(
      new Listener(undefined, { authkey: KEY, onHandshakeError: (error) => refused.push(error) }),
    );
    const accepting = listener.accept();
    await expect(ask('connect', listener.address, hex(OTHER))).rejects.toThrow(
      'AuthenticationError: digest sent was rejected',
    );
    expect(refused).toMatchObject([{ code: 'ERR_MP_AUTHENTICATION' }]);
    await ask('connect', listener.address, hex(KEY));
    await exchange(own(await accepting));
  });

  it('our Client with another key is refused by its Listener', async () => {
    const address = fromPython(await ask('listen', null, null, hex(KEY)));
    const accepting = expect(ask('accept')).rejects.toThrow(
      'AuthenticationError: digest received was wrong',
    );
    const refusal = await rejection(Client(address, { authkey: OTHER }));
    expect(refusal.message).toBe('The other side does not hold the same authkey, and refused');
    await accepting;
    const again = ask('accept');
    const connection = own(await Client(address, { authkey: KEY }));
    await again;
    await exchange(connection);
    await ask('close_listener');
  });

  it('the challenges may be exchanged on any connection', async () => {
    const listener = own(new Listener());
    const connecting = ask('connect', listener.address, hex(KEY));
    const connection = own(await listener.accept());
    await deliverChallenge(connection, KEY, { timeout: 30_000 });
    await answerChallenge(connection, KEY, { timeout: 30_000 });
    await connecting;
    await exchange(connection);
  });

  it('a pickled object is an error that tells what to do, and the connection goes on', async () => {
    const connection = await accepted(undefined, KEY);
    await ask('send', { answer: 42 });
    expect((await rejection(connection.recv())).message).toMatch(/a pickle of Python/);
    await exchange(connection);
  });

  it('each sees that the other has sent something', async () => {
    const connection = await accepted(undefined, KEY);
    expect(await ask('poll', 0)).toBe(false);
    await connection.sendBytes(Buffer.from('x'));
    expect(await ask('poll', null)).toBe(true);
    expect(await ask('wait', null)).toBe(1);
    await ask('recv_bytes');
    expect(await connection.poll()).toBe(false);
    await ask('send_bytes', '01');
    expect(await connection.poll({ timeout: 30_000 })).toBe(true);
    await ask('close');
  });

  it('shakes hands byte by byte, over TCP', async () => {
    const listener = own(new Listener(anyPort, { authkey: KEY }));
    const relay = await startRelay(listener.address as InternetAddress);
    const connecting = ask('connect', toPython(relay), hex(KEY));
    const connection = own(await listener.accept());
    await connecting;
    await exchange(connection);
  });
});

/** Passes bytes on one at a time, in both directions. */
async function startRelay(to: InternetAddress): Promise<InternetAddress> {
  const server: Server = createServer({ noDelay: true }, (outer) => {
    const inner = netConnect({ ...to, noDelay: true });
    for (const [from, into] of [
      [outer, inner],
      [inner, outer],
    ] as const) {
      from.on('data', (bytes) => {
        for (const byte of bytes) into.write(Uint8Array.of(byte));
      });
      from.on('end', () => into.end());
    }
  });
  onTestFinished(() => void server.close());
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return { host: '127.0.0.1', port: (server.address() as { port: number }).port };
}
