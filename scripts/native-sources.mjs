// Prints the C++ sources of native/sources.txt for one platform, a line each, for binding.gyp,
// CMakeLists.txt and native/test/Makefile.
//   --layer=os     only those of one layer
//   --platform=, --arch=   other than those of this Node
import { readFileSync } from 'node:fs';
import { parseArgs } from 'node:util';

const { values } = parseArgs({
  options: {
    layer: { type: 'string' },
    platform: { type: 'string', default: process.platform },
    arch: { type: 'string', default: process.arch },
  },
});
const { layer, platform, arch } = values;

const sources = readFileSync(new URL('../native/sources.txt', import.meta.url), 'utf8')
  .split('\n')
  .filter((line) => line !== '' && !line.startsWith('#'))
  .map((line) => {
    const [layer, group, file] = line.trim().split(/\s+/);
    return { layer, group, file };
  });

const groups = ['all', platform];
if (platform !== 'win32') groups.push('posix');
const isKnown = sources.some(({ group }) => group === `${platform}-${arch}`);
groups.push(`${platform}-${isKnown ? arch : 'other'}`);

for (const source of sources) {
  if (!groups.includes(source.group)) continue;
  if (layer === undefined || source.layer === layer) console.log(source.file);
}
