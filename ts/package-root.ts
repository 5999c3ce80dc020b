import { existsSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';

// Found by its package.json, not by counting folders: what runs is a bundle, in which a module does
// not stand where its source does.
function findRoot(): string {
  let folder = path.dirname(fileURLToPath(import.meta.url));
  while (!existsSync(path.join(folder, 'package.json'))) folder = path.dirname(folder);
  return folder;
}

/** The folder of this package. */
export const packageRoot: string = findRoot();

/** The module that users import. */
export const packageEntry: string = pathToFileURL(path.join(packageRoot, 'dist', 'index.js')).href;

/** The entry point of the forkserver. */
export const forkserverMain: string = path.join(
  packageRoot,
  'dist',
  'process',
  'forkserver-main.js',
);

/** What users get by require(): it loads the other one. */
export const packageRequireEntry: string = packageEntry.replace(/\.js$/, '.cjs');

/** The entry point of a spawned process. */
export const spawnMain: string = path.join(packageRoot, 'dist', 'process', 'spawn-main.js');

/** The entry point of a worker_thread of a ThreadPool. */
export const threadMain: string = path.join(packageRoot, 'dist', 'pool', 'thread-main.js');

/** The entry point of a worker_thread that is a `dummy.Process`. */
export const dummyMain: string = path.join(packageRoot, 'dist', 'dummy', 'dummy-main.js');
