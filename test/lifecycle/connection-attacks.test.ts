/** What strangers do to a listener, and that those who hold its key do not notice. */
import { execFileSync } from 'node:child_process';
import { once } from 'node:events';
import { connect as netConnect, type Socket } from 'node:net';
import { describe, expect, it, onTestFinished } from 'vitest';
import type { Address, InternetAddress } from '../../ts/connection/address.js';
import { Client } from '../../ts/connection/client.js';
import { openFds } from '../helpers/open-fds.js';
import { waitUntil } from '../helpers/processes.js';
import { type RunningFixture, startFixture } from '../helpers/run-fixture.js';

/** Ten thousand by MP_TEST_STRANGERS=10000. */
const STRANGERS = Number(process.env['MP_TEST_STRANGERS'] ?? 1000);
const AT_ONCE = 200;
const authkey = 'the key';

interface Server {
  readonly address: Address;
  readonly fixture: RunningFixture;
  /** How many handshakes failed, by the code of the error. */
  refusals(): Promise<Record<string, number>>;
}

async function startServer(options: object): Promise<Server> {
  const fixture = startFixture('serve-connections.mjs', {
    args: [JSON.stringify({ authkey, ...options })],
    deadlockAfterMs: 120_000,
  });
  onTestFinished(async () => {
    fixture.child.stdin!.end();
    expect(await fixture.ended).toMatchObject({ code: 0, stderr: '' });
  });
  const address = JSON.parse(await fixture.nextLine()) as Address;
  return {
    address,
    fixture,
    async refusals() {
      fixture.child.stdin!.write('\n');
      return JSON.parse(await fixture.nextLine());
    },
  };
}

async function expectServed({ address }: Server): Promise<void> {
  const client = await Client(address, { authkey, timeout: 60_000 });
  await client.send({ hello: 'server' });
  expect(await client.recv({ timeout: 60_000 })).toEqual({ hello: 'server' });
  client.close();
}

const places: [string, Address | undefined][] = [
  ['AF_UNIX', undefined],
  ['TCP', { host: '127.0.0.1', port: 0 }],
];

/** What a stranger sends; `undefined`: hangs up at once. */
const openings: readonly (Uint8Array | undefined)[] = [
  Buffer.alloc(0),
  undefined,
  Buffer.from('GET / HTTP/1.1\r\nHost: localhost\r\n\r\n'),
  Buffer.of(0, 0),
  Buffer.of(0, 0, 0, 40, 1, 2, 3),
  Buffer.of(0x7f, 0xff, 0xff, 0xff),
  Buffer.of(0xff, 0xff, 0xff, 0xff, 0x7f, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff),
  Buffer.of(0x80, 0, 0, 0),
  Buffer.concat([Buffer.of(0, 0, 0, 16), Buffer.alloc(16)]),
  Buffer.concat([Buffer.of(0, 0, 1, 1), Buffer.alloc(257, '{sha256}')]),
  Buffer.concat([Buffer.of(0, 0, 0, 40), Buffer.from(`{sha256}${'x'.repeat(32)}`)]),
  Buffer.alloc(65536, 'x'),
];

function dial(address: Address): Socket {
  const socket =
    typeof address === 'string' ? netConnect(address) : netConnect(address as InternetAddress);
  // Whether it is reset or ended is the same to a stranger.
  socket.on('error', () => {});
  return socket;
}

async function visit(address: Address, opening: Uint8Array | undefined): Promise<Socket> {
  const socket = dial(address);
  await Promise.race([once(socket, 'connect'), once(socket, 'close')]);
  if (opening === undefined) socket.destroy();
  else if (!socket.destroyed) socket.write(opening);
  return socket;
}

/** Of the soft limit only. */
function setDescriptorLimit(pid: number, count: number): void {
  execFileSync('prlimit', ['--pid', String(pid), `--nofile=${count}:`]);
}

describe.each(places)('a listener over %s', (_, place) => {
  it(`serves those who hold the key while ${STRANGERS} others send garbage, or nothing`, {
    timeout: 240_000,
  }, async () => {
    const server = await startServer({ address: place });
    await expectServed(server);
    const before = openFds(server.fixture.child.pid).length;
    let strangers: Socket[] = [];
    for (let i = 0; i < STRANGERS; i += AT_ONCE) {
      const these = Array.from({ length: AT_ONCE }, (_, j) =>
        visit(server.address, openings[(i + j) % openings.length]),
      );
      await expectServed(server);
      for (const one of strangers) one.destroy();
      strangers = await Promise.all(these);
    }
    await expectServed(server);
    for (const one of strangers) one.destroy();
    await expectServed(server);
    await waitUntil(
      () => openFds(server.fixture.child.pid).length <= before,
      'the server to have closed what strangers left',
    );
    const refusals = Object.values(await server.refusals()).reduce((sum, count) => sum + count, 0);
    expect(refusals).toBe(Math.ceil(STRANGERS / AT_ONCE) * AT_ONCE);
  });

  it('has a bounded number of strangers at a time, and lets the oldest go', async () => {
    const server = await startServer({ address: place, maxHandshakes: 10 });
    const before = openFds(server.fixture.child.pid).length;
    const strangers = Array.from({ length: 100 }, () => dial(server.address));
    const hungUp = strangers.map((one) => once(one.resume(), 'close'));
    await Promise.all(hungUp.slice(0, 90));
    expect(openFds(server.fixture.child.pid).length).toBeLessThanOrEqual(before + 10);
    await expectServed(server);
    for (const one of strangers) one.destroy();
    expect((await server.refusals())['ERR_MP_PROCESS']).toBeGreaterThanOrEqual(90);
  });

  it('does not wait for the silent for ever', async () => {
    const server = await startServer({ address: place, handshakeTimeout: 20 });
    const stranger = dial(server.address);
    await once(stranger.resume(), 'close');
    expect(await server.refusals()).toEqual({ ERR_MP_TIMEOUT: 1 });
  });

  it('survives that it has no descriptors left', async () => {
    const server = await startServer({ address: place, maxHandshakes: 100_000 });
    const { pid } = server.fixture.child;
    const free = openFds(pid).length + 20;
    setDescriptorLimit(pid!, free);
    const strangers = Array.from({ length: 60 }, () => dial(server.address));
    const hungUp = strangers.map((one) => once(one.resume(), 'close'));
    // The oldest have to go, for those who still wait.
    await Promise.race(hungUp);
    for (const one of strangers) one.destroy();
    await Promise.all(hungUp);
    await expectServed(server);
  });
});
