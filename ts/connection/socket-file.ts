/** The files of listening sockets, which have to go with their listeners. */
import { lstatSync, mkdtempSync, rmdirSync, unlinkSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { registerAfterFork } from '../lifecycle/after-fork.js';
import { registerAtExit } from '../lifecycle/at-exit.js';
import { info } from '../logging/emit.js';

const NAME = 'listener';
/** What the system takes as the path of a socket, without the NUL at its end. */
const MAX_PATH = 107;

// Those of this process, which keeps them until they are removed.
const files = new Set<SocketFile>();
registerAfterFork(files, (inherited) => inherited.clear(), new Set());

/**
 * A path in a new directory that only this user can look into: nobody else can connect. It is as short
 * as possible, since the system takes no long ones.
 */
export function createPrivatePath(): string {
  const parent = tmpdir();
  const prefix = path.join(parent, 'mp-');
  const isShort = Buffer.byteLength(path.join(`${prefix}XXXXXX`, NAME)) <= MAX_PATH;
  const directory = mkdtempSync(isShort ? prefix : '/tmp/mp-');
  info('created temp directory %s', directory);
  return path.join(directory, NAME);
}

/** Removes what `createPrivatePath` has made, for a socket that could not be. */
export function removeDirectoryOf(file: string): void {
  rmdirSync(path.dirname(file));
}

/** The file of a socket that this process has just bound. Removed at the latest when the process exits. */
export class SocketFile {
  // Absolute: the process may change its directory.
  readonly #path: string;
  readonly #inode: bigint;
  readonly #hasDirectory: boolean;
  readonly #unregister: () => void;

  /** @param hasDirectory - It is alone in a directory of its own. */
  constructor(file: string, { hasDirectory }: { hasDirectory: boolean }) {
    this.#path = path.resolve(file);
    this.#inode = lstatSync(this.#path, { bigint: true }).ino;
    this.#hasDirectory = hasDirectory;
    files.add(this);
    this.#unregister = registerAtExit<SocketFile>(this, (file) => file.remove());
  }

  /** Idempotent. Does nothing in a forked child, whose parent has the socket. */
  remove(): void {
    if (!files.delete(this)) return;
    this.#unregister();
    try {
      // Whoever took the path since then keeps it.
      if (lstatSync(this.#path, { bigint: true }).ino === this.#inode) unlinkSync(this.#path);
      if (this.#hasDirectory) removeDirectoryOf(this.#path);
    } catch {
      // Somebody else has removed it.
    }
  }
}
