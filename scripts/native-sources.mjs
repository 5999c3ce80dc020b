// Prints the C++ sources of native/sources.txt for one platform, a line each, for binding.gyp,
// CMakeLists.txt and native/test/Makefile.
//   --layer=os   only those of one layer
import { readFileSync } from 'node:fs';
import { parseArgs } from 'node:util';

const { values } = parseArgs({
  options: { layer: { type: 'string' }, platform: { type: 'string', default: process.platform } },
});
const groups = values.platform === 'win32' ? ['all', 'win32'] : ['all', 'posix', values.platform];

const list = readFileSync(new URL('../native/sources.txt', import.meta.url), 'utf8');
for (const line of list.split('\n')) {
  if (line === '' || line.startsWith('#')) continue;
  const [layer, group, file] = line.trim().split(/\s+/);
  if (!groups.includes(group)) continue;
  if (values.layer === undefined || values.layer === layer) console.log(file);
}
