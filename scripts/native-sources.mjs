// Prints the C++ sources of native/sources.txt for one platform, a line each, for binding.gyp.
import { readFileSync } from 'node:fs';

const platform = process.argv[2] ?? process.platform;
const groups = platform === 'win32' ? ['all', 'win32'] : ['all', 'posix', platform];

for (const line of readFileSync(new URL('../native/sources.txt', import.meta.url), 'utf8').split(
  '\n',
)) {
  if (line === '' || line.startsWith('#')) continue;
  const [, group, file] = line.split(/\s+/);
  if (groups.includes(group)) console.log(file);
}
