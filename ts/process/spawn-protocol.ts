/** The one message from a parent to a child that shares no memory with it: an envelope. */
import { PicklingError } from '../errors.js';
import { MAX_FDS } from '../native/binding.js';
import {
  encode,
  expectPreparation,
  needsPreparation,
  prepareFunctions,
} from '../serialization/pickle.js';
import type { Connection } from '../transport/connection.js';
import type { LaunchRequest, ProcessDescription } from './launcher.js';
import type { Surroundings } from './surroundings.js';
import type { ChildConfig } from './this-process.js';

/** What the child can decode at once. */
export interface SpawnEnvelope {
  readonly config: ChildConfig;
  /** The parent's, which the child shows as its own, as Python does. */
  readonly argv: readonly string[];
  /** Modules that only import() can load, to be loaded before the message is decoded. */
  readonly modules: readonly string[];
  /** A ProcessDescription, encoded; its descriptors travel with the envelope. */
  readonly message: Uint8Array;
  /** For a child that was not started by its parent itself. */
  readonly surroundings: Surroundings | undefined;
  /** The forkserver of this tree of processes, as `this thread` knows it. */
  readonly forkserver: Uint8Array | null;
}

/** The descriptor on which a spawned process finds the message. */
export const CHANNEL_FD = 3;

/** A process on its way: its description, encoded. */
export interface PickledProcess extends Pick<SpawnEnvelope, 'config' | 'modules' | 'message'> {
  readonly handles: readonly number[];
}

/** @throws {PicklingError} */
export async function pickleProcess(
  request: Pick<LaunchRequest, 'config' | 'describe'>,
): Promise<PickledProcess> {
  const description = request.describe();
  const { config } = request;
  const asked = new Set<string>();
  const first = attempt(description, asked);
  const done = first.needsPreparation
    ? { modules: await prepareFunctions(description, asked), ...attempt(description, asked) }
    : { modules: [], ...first };
  if (done.failure !== undefined) throw done.failure;
  requireRoom(config.name, done.handles.length);
  return { config, modules: done.modules, message: done.message!, handles: done.handles };
}

interface Attempt {
  readonly message?: Buffer;
  readonly failure?: unknown;
  readonly handles: readonly number[];
  /** Modules have to be imported before it can be told what travels by reference. */
  readonly needsPreparation: boolean;
}

function attempt(description: ProcessDescription, asked: ReadonlySet<string>): Attempt {
  const handles: number[] = [];
  const scratch = new Map();
  expectPreparation(scratch, asked);
  const outcome = () => ({ handles, needsPreparation: needsPreparation(scratch) });
  try {
    const bytes = encode(description, { purpose: 'spawn', root: '', handles, scratch });
    // A copy: the encoder uses its memory again.
    return { message: Buffer.from(bytes), ...outcome() };
  } catch (failure) {
    return { failure, ...outcome() };
  }
}

function requireRoom(name: string, count: number): void {
  if (count <= MAX_FDS) return;
  throw new PicklingError(
    `cannot pickle ${name}: ${count} descriptors are to go with it, and at most ${MAX_FDS} can`,
  );
}

/**
 * Sends the envelope, for as long as somebody is there to read it. Waits until a detached child will
 * outlive this process.
 */
export async function deliver(
  writer: Connection,
  { config, modules, message, handles }: PickledProcess,
  rest: Pick<SpawnEnvelope, 'surroundings' | 'forkserver'>,
): Promise<void> {
  const envelope: SpawnEnvelope = { config, argv: process.argv, modules, message, ...rest };
  try {
    await writer.sendFrame(Buffer.from(encode(envelope)), handles);
    if (config.detached) await closed(writer);
  } catch (error) {
    // The child has ended before it read: its exit code tells more than this does.
    if ((error as NodeJS.ErrnoException).code !== 'EPIPE') throw error;
  }
}

/** The child closes its end when it has detached itself; or has ended, as its exit code tells. */
async function closed(writer: Connection): Promise<void> {
  await writer.recvFrame().catch(() => {});
}
