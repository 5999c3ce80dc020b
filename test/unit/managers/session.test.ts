import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { BY_NAME, type Message, ToClient, ToServer } from '../../../ts/managers/protocol.js';
import { Server } from '../../../ts/managers/server/server.js';
import { Session } from '../../../ts/managers/server/session.js';
import { Wire } from '../../../ts/managers/wire.js';
import '../../../ts/managers/travel.js';
import { type BaseProxy, referenceOf } from '../../../ts/managers/base-proxy.js';
import { decode } from '../../../ts/serialization/pickle.js';
import { Pipe } from '../../../ts/transport/pipe.js';

/** A process, as the server sees it. */
class Peer {
  readonly isExpecting = true;
  readonly #wire = new Wire(this);
  readonly #waiting: ((message: Message) => void)[] = [];
  #end!: (error: Error) => void;
  readonly ended = new Promise<Error>((resolve) => {
    this.#end = resolve;
  });

  constructor(server: Server, scope: 'manager' | number) {
    const [here, there] = Pipe();
    new Session(server, there, scope);
    this.#wire.open(here);
  }

  tell(kind: number, value: unknown, object = 0): void {
    this.#wire.post(kind, 0, value, { root: 'args', object, method: BY_NAME });
  }

  call(object: number, ...args: unknown[]): Promise<unknown> {
    return this.ask(ToServer.CALL, args, object);
  }

  async ask(kind: number, value: unknown, object = 0): Promise<unknown> {
    this.tell(kind, value, object);
    const { kind: answer, payload } = await new Promise<Message>((resolve) => {
      this.#waiting.push(resolve);
    });
    if (answer === ToClient.DONE) return undefined;
    const result = decode(payload);
    if (answer === ToClient.ERROR) throw result;
    return result;
  }

  onMessage(message: Message): void {
    this.#waiting.shift()?.(message);
  }

  onEnd(error: Error): void {
    this.#end(error);
  }

  close(): void {
    this.#wire.close();
  }
}

let server: Server;
let peers: Peer[];

const peer = (scope: 'manager' | number = 'manager') => {
  const made = new Peer(server, scope);
  peers.push(made);
  return made;
};

beforeEach(() => {
  peers = [];
  const options = {
    types: ['dict', 'Lock'],
    authkey: Buffer.from('key'),
    functions: true,
    handshakeTimeout: 1000,
    timeout: undefined,
  };
  server = new Server('\0nowhere', options, () => {});
});

afterEach(() => {
  for (const it of peers) it.close();
  server.shutdown();
});

const make = async (owner: Peer) =>
  referenceOf((await owner.ask(ToServer.CREATE, ['dict', []])) as BaseProxy).object;

const count = (owner: Peer) => owner.ask(ToServer.VERB, ['numberOfObjects']);

describe('a process with a proxy alone', () => {
  it('uses that object, and no other', async () => {
    const owner = peer();
    const [mine, other] = [await make(owner), await make(owner)];
    const holder = peer(mine);
    holder.tell(ToServer.ATTACH, [mine, server.secretOf(mine), undefined]);
    holder.tell(ToServer.ATTACH, [other, server.secretOf(mine), undefined]);
    holder.tell(ToServer.ATTACH, [other, 'no secret', undefined]);
    expect(await holder.call(mine, 'size')).toBe(0);
    const refused = holder.call(other, 'size');
    await expect(refused).rejects.toMatchObject({ code: 'ERR_MP_REMOTE' });
  });

  it('makes no objects, and does not shut the server down', async () => {
    const holder = peer(await make(peer()));
    for (const [kind, value] of [
      [ToServer.CREATE, ['dict', []]],
      [ToServer.VERB, ['shutdown']],
      [ToServer.VERB, ['debugInfo']],
    ] as const) {
      await expect(holder.ask(kind, value)).rejects.toMatchObject({ code: 'ERR_MP_REMOTE' });
    }
  });
});

describe('the objects of a server', () => {
  it('are there until the last process has let go', async () => {
    const [owner, other] = [peer(), peer()];
    const object = await make(owner);
    other.tell(ToServer.ATTACH, [object, server.secretOf(object), undefined]);
    await other.call(object, 'size');
    owner.tell(ToServer.RELEASE, [object, 1]);
    expect(await count(owner)).toBe(1);
    other.close();
    expect(await count(owner)).toBe(0);
  });

  it('are held while a proxy is on its way, whichever message comes first', async () => {
    const [sender, receiver] = [peer(), peer()];
    for (const receiverIsFirst of [true, false]) {
      const object = await make(sender);
      const secret = server.secretOf(object);
      const grant = async () => {
        sender.tell(ToServer.GRANT, [object, `ticket ${receiverIsFirst}`]);
        await sender.ask(ToServer.VERB, ['hello']);
      };
      if (!receiverIsFirst) await grant();
      if (!receiverIsFirst) sender.tell(ToServer.RELEASE, [object, 1]);
      receiver.tell(ToServer.ATTACH, [object, secret, `ticket ${receiverIsFirst}`]);
      await receiver.call(object, 'size');
      if (receiverIsFirst) await grant();
      if (receiverIsFirst) sender.tell(ToServer.RELEASE, [object, 1]);
      await sender.ask(ToServer.VERB, ['hello']);
      expect(server.tickets.size).toBe(0);
      receiver.tell(ToServer.RELEASE, [object, 1]);
      expect(await count(receiver)).toBe(0);
    }
  });

  it('are let go when a proxy has not left after all', async () => {
    const sender = peer();
    const object = await make(sender);
    sender.tell(ToServer.GRANT, [object, 'ticket']);
    sender.tell(ToServer.RELEASE, [object, 1]);
    expect(await count(sender)).toBe(1);
    sender.tell(ToServer.REVOKE, ['ticket']);
    expect(await count(sender)).toBe(0);
  });
});

it.each([
  ['an unknown kind', 99, []],
  ['books that are no list', ToServer.RELEASE, 7],
])('whoever sends %s is cut off', async (_what, kind, value) => {
  const odd = peer();
  odd.tell(kind, value);
  expect(await odd.ended).toBeInstanceOf(Error);
  expect(await make(peer())).toBe(1);
});

it('a call with bad parts is answered with an error', async () => {
  const odd = peer();
  const object = await make(odd);
  for (const args of [7, [], [7], ['constructor'], ['set', {}, 1], ['#NOTHING']]) {
    await expect(odd.ask(ToServer.CALL, args, object)).rejects.toBeInstanceOf(Error);
  }
  await expect(odd.ask(ToServer.CALL_WITH_SIGNAL, [], object)).rejects.toBeInstanceOf(Error);
  expect(await odd.call(object, 'size')).toBe(0);
});
