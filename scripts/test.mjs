// Everything that must pass: build of what is missing, lint, format, types, what the API reference is
// made of, native tests, and the suite. Stops at the first step that fails. With arguments
// (`npm test -- test/unit`) only the build and the suite, which gets them.
import { run, runTool } from './run-tool.mjs';

const selection = process.argv.slice(2);

const runScript = (name, ...args) => run(process.execPath, [`scripts/${name}`, ...args]);
const build = ['build', () => runScript('build.mjs', '--missing')];
const checks = [
  ['lint', () => runTool('biome', ['lint', '--error-on-warnings', '.'])],
  ['format', () => runScript('format.mjs')],
  ['types', () => runTool('tsc', ['--noEmit', '-p', 'tsconfig.json'])],
  // Warnings are errors, by typedoc.json.
  ['API reference', () => runTool('typedoc', [])],
  ['native tests', () => runScript('test-native.mjs')],
];
const suite = ['suite', () => runTool('vitest', ['run', ...selection])];

const summary = [];
let failed;
for (const [name, passes] of selection.length > 0 ? [build, suite] : [build, ...checks, suite]) {
  console.log(`\n== ${name}`);
  const began = performance.now();
  const passed = passes();
  const seconds = ((performance.now() - began) / 1000).toFixed(1);
  summary.push(`${passed ? 'passed' : 'FAILED'}  ${seconds.padStart(6)} s  ${name}`);
  if (passed) continue;
  failed = name;
  break;
}

console.log(`\n${summary.join('\n')}`);
if (failed !== undefined) {
  console.error(`npm test stopped: ${failed} failed`);
  process.exit(1);
}
