/** How a parent tells a child that shares no memory with it what to do. */
import { Receipt } from '../arena/receipt.js';
import { PicklingError } from '../errors.js';
import { MAX_FDS, native } from '../native/binding.js';
import { encodeWithModules, type Undo, undoAll } from '../serialization/pickle.js';
import type { Connection } from '../transport/connection.js';
import {
  type Assignment,
  circumstancesOf,
  encodeAssignment,
  encodeIntroduction,
  type Introduction,
  particularsOf,
} from './child-messages.js';
import type { Launched, LaunchRequest } from './launcher.js';
import type { ChildConfig } from './this-process.js';

/** A message that has no content. */
export const EMPTY = new Uint8Array(0);

/** The descriptor on which a spawned process finds the message. */
export const CHANNEL_FD = 3;

/** A process on its way: its description, encoded. */
export interface PickledProcess extends Pick<Assignment, 'modules' | 'message'> {
  readonly config: ChildConfig;
  readonly handles: readonly number[];
  /** What to call when it does not set off. */
  readonly undo: Undo[];
  /** Tells whether it has arrived; undefined when there is nothing to call. */
  readonly receipt: Receipt | undefined;
}

/**
 * Pickles a process. What that counts as under way is taken back when `launch` fails, or when the process
 * ends before it has decoded it.
 * @throws {PicklingError}
 */
export async function withPickled(
  request: LaunchRequest,
  launch: (pickled: PickledProcess) => Promise<Launched>,
): Promise<Launched> {
  const pickled = await pickleProcess(request);
  const { receipt, undo } = pickled;
  try {
    const launched = await launch(pickled);
    return receipt === undefined ? launched : { ...launched, ended: () => settle(receipt, undo) };
  } catch (error) {
    if (receipt !== undefined) settle(receipt, undo);
    throw error;
  }
}

function settle(receipt: Receipt, undo: Undo[]): void {
  if (!receipt.isSigned) undoAll(undo);
  receipt.close();
}

/** @throws {PicklingError} */
export async function pickleProcess(
  request: Pick<LaunchRequest, 'config' | 'describe'>,
): Promise<PickledProcess> {
  const { config } = request;
  const { modules, message, handles, undo } = await encodeWithModules(request.describe());
  if (handles.length > MAX_FDS) {
    undoAll(undo);
    throw tooManyDescriptors(config.name, handles.length);
  }
  const receipt = undo.length > 0 ? new Receipt() : undefined;
  return { config, modules, message, handles, undo, receipt };
}

function tooManyDescriptors(name: string, count: number): PicklingError {
  return new PicklingError(
    `cannot pickle ${name}: ${count} descriptors are to go with it, and at most ${MAX_FDS} can`,
  );
}

/** What children of this process are told first, whatever they are to do. */
export function makeIntroduction(
  config: ChildConfig,
  { surroundings, forkserver }: Pick<Introduction, 'surroundings' | 'forkserver'>,
): string {
  const circumstances = circumstancesOf(config);
  return encodeIntroduction({ circumstances, argv: process.argv, surroundings, forkserver });
}

/**
 * Tells it to the child, as long as somebody is there to read it.
 * @param arena - For a child that was not born with it.
 */
export function sendIntroduction(
  writer: Connection,
  introduction: string,
  arena?: number,
): Promise<void> {
  return sendToChild(writer, Buffer.from(introduction), arena === undefined ? [] : [arena]);
}

/** The child has nothing to read yet, but will have in a moment: it does not fall asleep again. */
export function wakeChild(writer: Connection): Promise<void> {
  return sendToChild(writer, EMPTY, []);
}

/** Tells the child who it is, and what to do. */
export function sendAssignment(
  writer: Connection,
  { config, modules, message, handles, receipt }: PickledProcess,
): Promise<void> {
  const particulars = particularsOf(config);
  const assignment = { particulars, modules, message, receipt: receipt?.address ?? null };
  return sendToChild(writer, encodeAssignment(assignment), handles);
}

/** A child of the forkserver knows what to do, and waits for this. */
export function letBegin(writer: Connection): Promise<void> {
  return sendToChild(writer, EMPTY, []);
}

async function sendToChild(
  writer: Connection,
  body: Uint8Array,
  handles: readonly number[],
): Promise<void> {
  try {
    await writer.sendFrame(body, handles);
  } catch (error) {
    // The child has ended before it read: its exit code tells more than this does.
    if ((error as NodeJS.ErrnoException).code !== 'EPIPE') throw error;
  }
}

/** Child side: this process has the arena of its tree from now on, if it has none yet. */
export function adoptArena(arena: number): void {
  if (!native.adoptArena(arena)) native.closeFd(arena);
}

/** Resolves when a detached child will outlive this process, or has ended, as its exit code tells. */
export async function detachment(writer: Connection, { detached }: ChildConfig): Promise<void> {
  // It closes its end.
  if (detached) await writer.recvFrame().catch(() => {});
}
