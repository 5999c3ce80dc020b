import { once } from 'node:events';
import { connect, createServer, type Server } from 'node:net';
import { afterEach, expect, it } from 'vitest';
import { InspectorClient } from '../helpers/inspector-client.js';
import { type FixtureOptions, runFixtureOk, startFixture } from '../helpers/run-fixture.js';
import { describeStartMethods } from '../helpers/start-methods.js';

const clients: InspectorClient[] = [];
const disconnectAll = async () => {
  for (const client of clients.splice(0)) await client.close();
};
afterEach(disconnectAll);

/** A debugger that lets the process go on wherever it stops, and notes in which function. */
async function attach(url: string) {
  const client = await InspectorClient.connect(url);
  clients.push(client);
  const stops: string[] = [];
  client.on('Debugger.paused', ({ callFrames: [top] }) => {
    stops.push(top.functionName);
    void client.post('Debugger.resume');
  });
  // At its end a process waits for that; a forked child does not.
  client.on('Runtime.executionContextDestroyed', () => void client.close());
  await client.post('Runtime.enable');
  await client.post('Debugger.enable');
  return { client, stops };
}

/** Takes be-debugged.mjs from step to step. */
function startDebugged(args: string[], options: FixtureOptions) {
  const { child, nextLine, ended } = startFixture('be-debugged.mjs', { args, ...options });
  return {
    step: async () => JSON.parse(await nextLine()),
    goOn: () => child.stdin!.write('\n'),
    end() {
      child.stdin!.end();
      return ended;
    },
  };
}

/** Undefined when somebody has that port. */
async function listen(port: number): Promise<Server | undefined> {
  const server = createServer().listen(port, '127.0.0.1');
  return once(server, 'listening').then(
    () => server,
    () => undefined,
  );
}

async function close(server: Server): Promise<void> {
  server.close();
  await once(server, 'close');
}

/**
 * The first of two ports in a row that nobody has, and that the system gives to nobody who asks for any. Node's own
 * default may be in use on this machine.
 */
async function freePorts(): Promise<number> {
  for (;;) {
    const first = 10_000 + Math.floor(Math.random() * 20_000);
    const servers = await Promise.all([listen(first), listen(first + 1)]);
    for (const server of servers) if (server) await close(server);
    if (servers.every(Boolean)) return first;
  }
}

async function isRefused(url: string): Promise<boolean> {
  const { hostname, port } = new URL(url);
  const socket = connect(Number(port), hostname);
  const outcome = await Promise.race([
    once(socket, 'connect').then(() => false),
    once(socket, 'error').then(() => true),
  ]).catch(() => true);
  socket.destroy();
  return outcome;
}

const portOf = (url: string) => Number(new URL(url).port);

describeStartMethods('a child of a debugged process', (method) => {
  it('does not stop where its debugger would, and leaves the debugger alone', async () => {
    const fixture = startDebugged([method], { execArgv: ['--inspect=0'] });
    const { url } = await fixture.step();
    const debuggerOfParent = await attach(url);
    fixture.goOn();
    const child = await fixture.step();
    fixture.goOn();
    expect(await fixture.step()).toEqual({ exitCode: 0, closed: false });
    expect(debuggerOfParent.stops).toEqual(['inParent']);
    expect(await debuggerOfParent.client.evaluate('process.pid')).not.toBe(child.pid);
    const { code, stderr } = await fixture.end();
    expect(code).toBe(0);
    expect(stderr).not.toContain('failed');
    // Each tells of itself: nothing of the parent's end is told in the child.
    expect(stderr.match(/Debugger attached/g)).toHaveLength(1);
  });

  it('can be debugged on a port of its own', async () => {
    const fixture = startDebugged([method], { execArgv: ['--inspect=0'] });
    const { url } = await fixture.step();
    const debuggerOfParent = await attach(url);
    fixture.goOn();
    const child = await fixture.step();
    expect(child.url).not.toBe(url);
    const debuggerOfChild = await attach(child.url);
    expect(await debuggerOfChild.client.evaluate('process.pid')).toBe(child.pid);
    fixture.goOn();
    expect(await fixture.step()).toEqual({ exitCode: 0, closed: false });
    expect(debuggerOfChild.stops).toEqual(['inChild']);
    expect(debuggerOfParent.stops).toEqual(['inParent']);
    expect((await fixture.end()).code).toBe(0);
  });

  it('has no inspector when the parent opened one by itself, and may open its own', async () => {
    const fixture = startDebugged([method, 'open'], {});
    const { url } = await fixture.step();
    const debuggerOfParent = await attach(url);
    fixture.goOn();
    const child = await fixture.step();
    expect(child.first).toBe(null);
    expect(portOf(child.url)).not.toBe(portOf(url));
    const debuggerOfChild = await attach(child.url);
    fixture.goOn();
    expect(await fixture.step()).toEqual({ exitCode: 0, closed: true });
    expect(debuggerOfChild.stops).toEqual(['inChild']);
    expect(debuggerOfParent.stops).toEqual(['inParent']);
    expect((await fixture.end()).code).toBe(0);
  });

  it("does not keep its parent's port open", async () => {
    const fixture = startDebugged([method, 'open'], {});
    const { url } = await fixture.step();
    const { client } = await attach(url);
    fixture.goOn();
    await fixture.step();
    const closed = once(client, 'close');
    await client.post('Runtime.evaluate', {
      expression: 'setTimeout(() => process._debugEnd())',
    });
    await closed;
    expect(await isRefused(url)).toBe(true);
    fixture.goOn();
    expect(await fixture.step()).toEqual({ exitCode: 0, closed: true });
    expect((await fixture.end()).code).toBe(0);
  });

  it('gets the next port after that of NODE_OPTIONS, with no word of a clash', async () => {
    const port = await freePorts();
    const fixture = startDebugged([method], { env: { NODE_OPTIONS: `--inspect=${port}` } });
    expect(portOf((await fixture.step()).url)).toBe(port);
    fixture.goOn();
    expect(portOf((await fixture.step()).url)).toBe(port + 1);
    fixture.goOn();
    await fixture.step();
    const { stderr } = await fixture.end();
    expect(stderr.match(/Debugger listening/g)).toHaveLength(2);
    expect(stderr).not.toContain('failed');
  });

  it('gets another port when that one is taken', async () => {
    const first = await freePorts();
    const server = await listen(first + 1);
    const fixture = startDebugged([method], { execArgv: [`--inspect=${first}`] });
    expect(portOf((await fixture.step()).url)).toBe(first);
    fixture.goOn();
    const child = await fixture.step();
    expect([first, first + 1]).not.toContain(portOf(child.url));
    fixture.goOn();
    await fixture.step();
    expect((await fixture.end()).stderr).not.toContain('failed');
    await close(server!);
  });

  it('may have children of its own, each with a port', async () => {
    const { stdout, stderr } = await runFixtureOk('debugged-tree.mjs', {
      args: [method],
      execArgv: ['--inspect=0'],
    });
    const ports = new Set(JSON.parse(stdout).map(portOf));
    expect(ports.size).toBe(7);
    expect(stderr).not.toContain('failed');
  });

  it('waits for no debugger, also when its parent does', async () => {
    const port = await freePorts();
    const fixture = startDebugged([method], { execArgv: [`--inspect-brk=${port}`] });
    // The parent has printed nothing yet, but its port.
    const { client } = await attach(await urlAt(port));
    await client.post('Runtime.runIfWaitingForDebugger');
    await fixture.step();
    fixture.goOn();
    expect((await fixture.step()).first).toMatch(/^ws:/);
    fixture.goOn();
    expect(await fixture.step()).toEqual({ exitCode: 0, closed: false });
    expect((await fixture.end()).code).toBe(0);
  });
});

/** What an inspector tells about its only target, once it listens. */
async function urlAt(port: number): Promise<string> {
  for (;;) {
    try {
      const response = await fetch(`http://127.0.0.1:${port}/json/list`);
      const [target] = (await response.json()) as [{ webSocketDebuggerUrl: string }];
      return target.webSocketDebuggerUrl;
    } catch (error) {
      const cause = (error as { cause?: NodeJS.ErrnoException }).cause;
      if (cause?.code !== 'ECONNREFUSED') throw error;
      await new Promise((resolve) => setTimeout(resolve, 10));
    }
  }
}
