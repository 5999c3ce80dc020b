/**
 * The start method `spawn`. Processes: the parent, and a new Node process that runs spawn-main.ts. One
 * message goes from parent to child, over a socket that is the child's descriptor 3: a
 * SpawnEnvelope, with the descriptors that travel in it. Both ends are closed after it.
 */
import { native } from '../native/binding.js';
import { spawnMain } from '../package-root.js';
import { encode, prepareFunctions } from '../serialization/pickle.js';
import type { Connection } from '../transport/connection.js';
import { Pipe } from '../transport/pipe.js';
import { inheritedArguments } from './exec-arguments.js';
import type { Launched, Launcher, LaunchRequest } from './launcher.js';
import type { SpawnEnvelope } from './spawn-protocol.js';

let executable: string | undefined;

/** The program that spawned children run: Node, or something that takes its arguments. */
export function setSpawnExecutable(path: string): void {
  executable = path;
}

export const spawnLauncher: Launcher = {
  method: 'spawn',

  requireSupport() {},

  async launch(request: LaunchRequest): Promise<Launched> {
    // Before the process exists: a value that cannot travel costs no process.
    const { bytes, handles } = await pickleMessage(request);
    const [reader, writer] = Pipe({ duplex: false });
    try {
      const launched = startNode(reader.fileno());
      reader.close();
      await deliver(writer, bytes, handles);
      return launched;
    } finally {
      reader.close();
      writer.close();
    }
  },
};

async function pickleMessage(request: LaunchRequest) {
  const description = request.describe();
  const modules = await prepareFunctions(description);
  const handles: number[] = [];
  const message = Buffer.from(encode(description, { purpose: 'spawn', root: '', handles }));
  const envelope: SpawnEnvelope = {
    config: request.config,
    argv: process.argv,
    modules,
    message,
  };
  return { bytes: Buffer.from(encode(envelope)), handles };
}

function startNode(channel: number): Launched {
  return native.spawn(
    executable ?? process.execPath,
    [process.execPath, ...inheritedArguments(process.execArgv), spawnMain],
    Object.entries(process.env).map(([name, value]) => `${name}=${value}`),
    channel,
  );
}

async function deliver(writer: Connection, bytes: Uint8Array, handles: number[]): Promise<void> {
  try {
    await writer.sendFrame(bytes, handles);
  } catch (error) {
    // The child has ended before it read: its exit code tells more than this does.
    if ((error as NodeJS.ErrnoException).code !== 'EPIPE') throw error;
  }
}
