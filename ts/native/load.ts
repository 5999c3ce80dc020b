import { existsSync } from 'node:fs';
import { createRequire } from 'node:module';
import path from 'node:path';
import { packageRoot } from '../package-root.js';

const require = createRequire(import.meta.url);
const platform = `${process.platform}-${process.arch}`;
const builtHere = path.join(packageRoot, 'build', 'Release', 'multiprocessing.node');
const prebuilt = path.join(packageRoot, 'prebuilds', platform);

/**
 * Loads the compiled addon: from `build/` where it was compiled here, else the prebuilt one for
 * this platform.
 * @throws Error with the places looked at and the command that builds it, when there is none.
 */
export function loadAddon(): unknown {
  try {
    const usual = usualPlace();
    if (usual !== undefined) return require(usual);
    const find = require('node-gyp-build') as (root: string) => unknown;
    return find(packageRoot);
  } catch (cause) {
    if ((cause as NodeJS.ErrnoException).code === 'ERR_DLOPEN_DISABLED') {
      throw new Error(
        'node-multiprocessing is a native addon. Under the permission model allow it with --allow-addons',
        { cause },
      );
    }
    throw new Error(
      `node-multiprocessing has no native addon that loads on ${platform}, Node ${process.version}.\n` +
        `Looked for ${builtHere} and ${path.join(prebuilt, '*.node')}.\n` +
        'Build it with `npm rebuild node-multiprocessing`, or `npm run build` in a checkout; ' +
        'this needs python3, make and a C++17 compiler.',
      { cause },
    );
  }
}

/**
 * The addon, if it is where it usually is. node-gyp-build knows all places, but takes milliseconds to
 * load and to look, in each process.
 */
function usualPlace(): string | undefined {
  const { NODE_MULTIPROCESSING_PREBUILD, PREBUILDS_ONLY } = process.env;
  if (NODE_MULTIPROCESSING_PREBUILD || PREBUILDS_ONLY) return undefined;
  if (existsSync(builtHere)) return builtHere;
  const file = path.join(prebuilt, 'node.glibc.node');
  return existsSync(file) && !existsSync('/etc/alpine-release') ? file : undefined;
}
