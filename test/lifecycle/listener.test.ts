import { existsSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import { Client } from '../../ts/connection/client.js';
import { runFixture, runFixtureOk, startFixture } from '../helpers/run-fixture.js';

const program = 'listener-lifecycle.mjs';

async function found(name: string): Promise<unknown[]> {
  const { stdout } = await runFixtureOk(program, { args: [name] });
  return stdout
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line));
}

describe('a listener', () => {
  it('does not keep a process running that does not accept, and leaves no file', async () => {
    const [address] = await found('idle');
    expect(existsSync(path.dirname(address as string))).toBe(false);
  });

  it.each([
    ['exit', 3],
    ['uncaught', 1],
  ])('leaves no file when the process ends by %s', async (name, expected) => {
    const { code, stdout } = await runFixture(program, { args: [name] });
    expect(code).toBe(expected);
    expect(existsSync(path.dirname(JSON.parse(stdout)))).toBe(false);
  });

  it('keeps a process running that accepts', async () => {
    expect(await found('waiting')).toEqual(['accepted']);
  });

  it('does not keep a process running for a handshake that no accept waits for', async () => {
    expect(await found('halfWay')).toEqual(['ERR_MP_TIMEOUT']);
  });

  it('is shared by forked children, which accept, too, and leave its file alone', async () => {
    expect(await found('prefork')).toEqual([[true, true]]);
  });

  it('goes on with handshakes after a fork, of which the child keeps nothing', async () => {
    expect(await found('forkDuringHandshake')).toEqual([[0, 'still here'], 'ERR_MP_EOF']);
  });

  it('works in a worker_thread, and its file goes with that', async () => {
    expect(await found('worker')).toEqual(['to a thread', false]);
  });
});

it('wait() takes the sentinel of a process', async () => {
  expect(await found('sentinel')).toEqual([true, 0]);
});

it('a connection travels between processes that are no relatives', async () => {
  const server = startFixture(program, { args: ['server'] });
  const address = JSON.parse(await server.nextLine()) as string;
  const stranger = startFixture(program, { args: ['client', address] });
  // The first one that is accepted.
  await stranger.nextLine();
  const mine = await Client(address, { authkey: 'key' });
  onTestFinished(() => mine.close());
  expect(await mine.recv()).toBe('from a stranger');
  await mine.send('over a connection that was sent on');
  expect(await mine.recv()).toBe('over a connection that was sent on');
  expect((await stranger.ended).code).toBe(0);
  expect((await server.ended).code).toBe(0);
});
