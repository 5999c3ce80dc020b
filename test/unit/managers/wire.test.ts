import { describe, expect, it, onTestFinished } from 'vitest';
import { type Message, ToServer } from '../../../ts/managers/protocol.js';
import { Wire } from '../../../ts/managers/wire.js';
import { decode } from '../../../ts/serialization/pickle.js';
import type { Connection } from '../../../ts/transport/connection.js';
import { Pipe } from '../../../ts/transport/pipe.js';
import { openSockets } from '../../helpers/open-fds.js';
import { loopTurns } from '../../helpers/pipes.js';

/** An end that keeps the messages that it gets. */
class End {
  readonly isExpecting = true;
  readonly messages: Message[] = [];
  readonly received: unknown[] = [];
  readonly wire = new Wire(this);
  error: Error | undefined;

  constructor(connection?: Connection) {
    if (connection !== undefined) this.wire.open(connection);
    onTestFinished(() => this.wire.close());
  }

  onMessage(message: Message): void {
    this.messages.push(message);
    if (message.kind === ToServer.CALL) {
      this.received.push(decode(message.payload, { handles: message.handles }));
    }
  }

  onEnd(error: Error): void {
    this.error = error;
  }

  tell(kind: number, value: unknown): void {
    this.wire.post(kind, 1, value, { root: 'args' });
  }
}

async function eventually(condition: () => boolean): Promise<void> {
  while (!condition()) await loopTurns();
}

const sockets = () => openSockets().length;

describe('descriptors in messages', () => {
  it('are copied once while there is no connection, and the copies closed when they have left', async () => {
    const before = sockets();
    const sender = new End();
    const pipes = [Pipe(), Pipe(), Pipe()];
    for (const [, there] of pipes) {
      sender.tell(ToServer.CALL, [there]);
      // Each has its turn to leave, which it cannot.
      await loopTurns();
      there.close();
    }
    expect(sockets()).toBe(before + 6);
    const [here, far] = Pipe();
    const receiver = new End(far);
    sender.wire.open(here);
    await eventually(() => receiver.received.length === 3);
    const arrived = receiver.received.map((it) => (it as [Connection])[0]);
    for (const [i, it] of arrived.entries()) {
      await it.send(i);
      expect(await pipes[i]![0].recv()).toBe(i);
      it.close();
      pipes[i]![0].close();
    }
    sender.wire.close();
    await eventually(() => receiver.error !== undefined);
    expect(sockets()).toBe(before);
  });

  it('are closed when there is never a connection', async () => {
    const before = sockets();
    const [here, there] = Pipe();
    for (const giveUp of [(it: End) => it.wire.close(), (it: End) => it.wire.fail(new Error())]) {
      const sender = new End();
      sender.tell(ToServer.CALL, [there]);
      expect(sockets()).toBe(before + 3);
      giveUp(sender);
      expect(sockets()).toBe(before + 2);
    }
    here.close();
    there.close();
  });

  it('are closed when nobody takes them', async () => {
    const [here, far] = Pipe();
    const [sender, receiver] = [new End(here), new End(far)];
    const [a, b] = Pipe();
    const before = sockets();
    for (const kind of [ToServer.PING, ToServer.BYE, ToServer.CANCEL]) sender.tell(kind, [b]);
    await eventually(() => receiver.messages.length === 3);
    await eventually(() => sockets() === before);
    a.close();
    b.close();
  });
});

it('a connection that is closed does not wait for ever for one who does not read', async () => {
  const [here, far] = Pipe();
  const sender = new End(here);
  sender.tell(ToServer.CALL, [Buffer.alloc(8 << 20)]);
  sender.wire.close();
  await eventually(() => here.closed);
  far.close();
});
