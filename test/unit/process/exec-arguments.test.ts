import { expect, it } from 'vitest';
import { inheritedArguments } from '../../../ts/process/exec-arguments.js';

it('keeps what shapes how modules are found and run', () => {
  const kept = [
    '--import',
    'tsx',
    '--require=./setup.cjs',
    '--conditions=development',
    '--enable-source-maps',
    '--max-old-space-size=512',
    '--experimental-strip-types',
  ];
  expect(inheritedArguments(kept)).toEqual(kept);
});

it.each([
  [['-e', 'code()', '--no-warnings'], ['--no-warnings']],
  [['--eval=code()', '--no-warnings'], ['--no-warnings']],
  [['-p', '1 + 1'], []],
  [['--input-type=module', '-e', 'code()'], []],
  [
    ['--input-type', 'module', '--import', 'x'],
    ['--import', 'x'],
  ],
  [['--inspect', '--inspect-brk=9229', '--inspect-port=0'], []],
  [['--inspect-port', '9300', '--debug-port', '9301', '--no-warnings'], ['--no-warnings']],
  [['--no-inspect-brk', '--no-inspect'], []],
  [['--inspect-publish-uid', 'http', '--inspect-wait=localhost:0'], []],
  [['--cpu-prof', '--cpu-prof-name', 'x', '--heap-prof-name=y'], ['--cpu-prof']],
  [['--test', '--test-reporter=tap', '--watch', '--check', '--experimental-test-coverage'], []],
])('drops what only one process can have: %j', (given, kept) => {
  expect(inheritedArguments(given)).toEqual(kept);
});
