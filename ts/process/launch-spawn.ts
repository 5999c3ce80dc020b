/**
 * The start method `spawn`. Processes: the parent, and a new Node process that runs spawn-main.ts. Two
 * messages go from parent to child, over a socket that is the child's descriptor 3: who it is, with the arena
 * of the tree, and what it is to do, with the descriptors for that. Both ends are closed after them.
 */
import { arenaDescriptor } from '../arena/participant.js';
import { native } from '../native/binding.js';
import { spawnMain } from '../package-root.js';
import { inheritedArguments } from './exec-arguments.js';
import { refuseInspector } from './inspector.js';
import type { Launched, Launcher, LaunchRequest } from './launcher.js';
import { privatePipe } from './private-pipe.js';
import {
  detachment,
  makeIntroduction,
  type PickledProcess,
  sendAssignment,
  sendIntroduction,
  withPickled,
} from './spawn-protocol.js';

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
    return withPickled(request, spawnPickled);
  },
};

export async function spawnPickled(pickled: PickledProcess): Promise<Launched> {
  const [reader, writer] = privatePipe();
  try {
    const launched = startNode(spawnMain, reader.fileno());
    reader.close();
    const { config } = pickled;
    const forkserver = config.detached ? null : native.sharedRecord();
    const introduction = makeIntroduction(config, { surroundings: undefined, forkserver });
    await sendIntroduction(writer, introduction, arenaDescriptor());
    await sendAssignment(writer, pickled);
    await detachment(writer, config);
    return launched;
  } finally {
    reader.close();
    writer.close();
  }
}

/** Starts Node on one of our own programs, as this process was started. */
export function startNode(program: string, channel: number): Launched {
  return native.spawn(
    executable ?? process.execPath,
    [process.execPath, ...inheritedArguments(process.execArgv), ...refuseInspector(), program],
    Object.entries(process.env).map(([name, value]) => `${name}=${value}`),
    channel,
  );
}
