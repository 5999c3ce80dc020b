import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Machine, twoMachines, whyNoMachines } from '../helpers/machines.js';

const reason = whyNoMachines();
if (reason !== undefined) console.log(`skipped: two machines, for ${reason}`);

const HOST = '10.171.0.1';
/** The kernel sees to it that the server notices silence; the client has to be awake for that. */
const SERVER_TIMEOUT_MS = 900;
const TIMEOUT_MS = 3000;

describe.skipIf(reason !== undefined)('A manager on another machine', () => {
  let server: Machine;
  let client: Machine;

  beforeAll(async () => {
    [server, client] = twoMachines([HOST, '10.171.0.2']);
    await client.reaches(HOST);
    const { value: port } = await server.run(`
      const options = { address: { host: '${HOST}', port: 0 }, authkey: 'key', timeout: ${SERVER_TIMEOUT_MS} };
      s.manager = new mp.SyncManager(options);
      await s.manager.start();
      s.own = await s.manager.dict();
      return s.manager.address.port;
    `);
    const { value } = await client.run(`
      const address = { host: '${HOST}', port: ${port} };
      s.manager = new mp.SyncManager({ address, authkey: 'key', timeout: ${TIMEOUT_MS} });
      await s.manager.connect();
      s.d = await s.manager.dict({ a: 1 });
      s.lock = await s.manager.Lock();
      await s.lock.acquire();
      return s.d.get('a');
    `);
    expect(value).toBe(1);
  });

  afterAll(async () => {
    await client?.run('await s.manager?.shutdown();');
    await client?.end();
    await server?.run('await s.manager?.shutdown();');
    await server?.end();
  });

  it('is slow over a slow line, and that is all', async ({ skip }) => {
    if (!server.delay(300)) return skip('this system cannot delay what it sends');
    const { value, ms } = await client.run(`await s.d.set('b', 2); return s.d.copy();`);
    server.delay(0);
    expect(value).toEqual({});
    expect(ms).toBeGreaterThan(600);
  });

  it('is lost when the cable is cut, within the timeout; both sides go on', async () => {
    server.cut();
    const { code, message, ms } = await client.attempt(`return s.d.get('a');`);
    expect({ code, message }).toEqual({
      code: 'ERR_MP_TIMEOUT',
      message: `The server of the manager has not answered for ${TIMEOUT_MS} ms`,
    });
    expect(ms).toBeLessThan(10 * TIMEOUT_MS);
    const { value } = await server.run(`
      await s.own.set('still', 'there');
      for (let n = 3; n > 1; ) n = await s.manager._numberOfObjects();
      return s.own.get('still');
    `);
    expect(value).toBe('there');
  });

  it('tells that what was lost is gone, when the cable is mended, and serves again', async () => {
    server.mend();
    await client.reaches(HOST);
    const { code, message } = await client.attempt(`return s.d.get('a');`);
    expect({ code, message }).toEqual({
      code: 'ERR_MP_REMOTE',
      message: expect.stringContaining('There is no object'),
    });
    const { value } = await client.run(`return (await s.manager.list([1, 2])).length();`);
    expect(value).toBe(2);
  });
});
