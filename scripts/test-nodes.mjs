// Runs the suite on other versions of Node:
//   npm run test:nodes [-- 22 24] [-- vitest arguments]
// Each comes from the npm package of its binary, into .nodes/<major>, once; or from the environment
// variable MP_NODE_<major>, the path of a binary.
import { existsSync, mkdirSync } from 'node:fs';
import path from 'node:path';
import { root, run, runTool } from './run-tool.mjs';

const given = process.argv.slice(2);
const separator = given.indexOf('--');
const majors = separator < 0 ? given : given.slice(0, separator);
const selection = separator < 0 ? [] : given.slice(separator + 1);
if (majors.length === 0) majors.push('22', '24', '26');
const wrong = majors.find((major) => !/^\d+$/.test(major));
if (wrong !== undefined) {
  console.error(
    `Expected major versions of Node, then -- and arguments of vitest; received ${wrong}`,
  );
  process.exit(1);
}

const system = process.platform === 'win32' ? 'win' : process.platform;
const packageName = `node-${system}-${process.arch}`;
const binary = process.platform === 'win32' ? 'node.exe' : 'node';

/** The binary of a major version; undefined when there is none to be had. */
function findNode(major) {
  const own = process.env[`MP_NODE_${major}`];
  if (own !== undefined) return own;
  const folder = path.join(root, '.nodes', major);
  const installed = path.join(folder, 'node_modules', packageName);
  if (!existsSync(installed) && !install(folder, `${packageName}@${major}`)) return undefined;
  return path.join(installed, 'bin', binary);
}

// The package is nothing but the binary; its install script is for another use.
function install(folder, name) {
  mkdirSync(folder, { recursive: true });
  const npm = process.env.npm_execpath;
  const args = ['install', '--prefix', folder, '--ignore-scripts', '--no-audit', '--no-fund', name];
  return npm === undefined ? run('npm', args) : run(process.execPath, [npm, ...args]);
}

/** What a Node says of the suite: a row of the table. */
function test(major) {
  const node = findNode(major);
  if (node === undefined) return { major, node: '-', result: 'not installed', seconds: '-' };
  console.log(`\n== Node ${major}: ${node}`);
  const began = performance.now();
  // First in PATH as well, for programs that call just `node`.
  const searched = `${path.dirname(node)}${path.delimiter}${process.env.PATH}`;
  const passed = runTool('vitest', ['run', ...selection], {
    node,
    env: { ...process.env, PATH: searched },
  });
  const seconds = ((performance.now() - began) / 1000).toFixed(1);
  return { major, node, result: passed ? 'passed' : 'FAILED', seconds };
}

if (!run(process.execPath, ['scripts/build.mjs', '--missing'])) process.exit(1);
const rows = majors.map(test);
console.log('');
for (const { major, node, result, seconds } of rows) {
  console.log(
    `Node ${major.padEnd(3)} ${result.padEnd(13)} ${String(seconds).padStart(6)} s  ${node}`,
  );
}
if (rows.some(({ result }) => result !== 'passed')) process.exit(1);
