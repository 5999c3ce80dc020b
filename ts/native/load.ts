import { createRequire } from 'node:module';
import path from 'node:path';
import { packageRoot } from '../package-root.js';

const require = createRequire(import.meta.url);

/**
 * Loads the compiled addon: from `build/` where it was compiled here, else the prebuilt one for
 * this platform.
 * @throws Error with the places looked at and the command that builds it, when there is none.
 */
export function loadAddon(): unknown {
  const find = require('node-gyp-build') as (root: string) => unknown;
  try {
    return find(packageRoot);
  } catch (cause) {
    if ((cause as NodeJS.ErrnoException).code === 'ERR_DLOPEN_DISABLED') {
      throw new Error(
        'node-multiprocessing is a native addon. Under the permission model allow it with --allow-addons',
        { cause },
      );
    }
    const platform = `${process.platform}-${process.arch}`;
    const looked = [
      path.join(packageRoot, 'build', 'Release', 'multiprocessing.node'),
      path.join(packageRoot, 'prebuilds', platform, '*.node'),
    ];
    throw new Error(
      `node-multiprocessing has no native addon that loads on ${platform}, Node ${process.version}.\n` +
        `Looked for ${looked.join(' and ')}.\n` +
        'Build it with `npm rebuild node-multiprocessing`, or `npm run build` in a checkout; ' +
        'this needs python3, make and a C++17 compiler.',
      { cause },
    );
  }
}
