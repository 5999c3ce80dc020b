// Builds what the package needs at run time: dist/ from ts/, and the native addon.
//   --missing   only what is not there yet, or is older than its sources
//   --javascript  dist/ only
//   --debug     the addon in build/Debug, under AddressSanitizer and UBSan (scripts/test-sanitized.mjs)
import {
  copyFileSync,
  existsSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  utimesSync,
} from 'node:fs';
import path from 'node:path';
import esbuild from 'esbuild';
import { root, runTool } from './run-tool.mjs';

const onlyMissing = process.argv.includes('--missing');
const javaScriptOnly = process.argv.includes('--javascript');
const debug = process.argv.includes('--debug');

const addon = path.join('build', debug ? 'Debug' : 'Release', 'multiprocessing.node');
const javaScript = path.join('dist', 'index.js');
// What node-gyp configures from. A change here may add sources, which make alone does not see.
const configuration = ['binding.gyp', 'native/sources.txt', 'scripts/native-sources.mjs'];

/** When a file, or anything in a folder, was last changed. A folder changes when a file of it goes. */
function changedAt(name) {
  const file = path.join(root, name);
  const stat = statSync(file);
  if (!stat.isDirectory()) return stat.mtimeMs;
  const inside = readdirSync(file).map((entry) => changedAt(path.join(name, entry)));
  return Math.max(stat.mtimeMs, ...inside);
}

function isFresh(output, sources) {
  if (!existsSync(path.join(root, output))) return false;
  const builtAt = changedAt(output);
  return sources.every((source) => builtAt >= changedAt(source));
}

function runOrExit(tool, args) {
  if (!runTool(tool, args)) process.exit(1);
}

// What users import; what spawned processes run; and what tests and benchmarks look at from inside.
const modules = [
  'index',
  'process/spawn-main',
  'process/forkserver-program',
  'pool/thread-main',
  'dummy/dummy-main',
  'serialization/codec',
  'serialization/pickle',
  'native/binding',
];

// These load another one when they are ready for it.
const openings = ['process/forkserver-main'];

// Each loads all that users import, and so the same: then what they share is one file, not one for
// each set of those that share it.
const entryPoints = {
  name: 'entry points',
  setup(build) {
    build.onResolve({ filter: /^entry:/ }, ({ path: entry }) => ({
      path: entry.replace('entry:', ''),
      namespace: 'entry',
    }));
    build.onLoad({ filter: /.*/, namespace: 'entry' }, ({ path: module }) => ({
      contents: `import './index.js'; export * from './${module}.js';`,
      resolveDir: path.join(root, 'ts'),
    }));
  },
};

// An import of a builtin has Node make an ES module of it, and so ask each of its getters: that of
// node:fs loads all streams, that of node:crypto all of WebCrypto. So builtins are got as they are.
const builtins = {
  name: 'builtins',
  setup(build) {
    build.onLoad({ filter: /\.ts$/ }, ({ path: file }) => ({
      contents: readFileSync(file, 'utf8').replace(
        /^import (?!type\b)(?:\* as )?(\{[^}]*\}|\w+) from '(node:[^']+)';$/gm,
        (_, names, builtin) =>
          `const ${names.replace(/ as /g, ': ')} = globalThis.process.getBuiltinModule('${builtin}');`,
      ),
      loader: 'ts',
    }));
  },
};

// Bundled, because Node takes a millisecond for each module that it loads, in every process. The entry
// points share their code, so that there is one instance of it.
async function buildJavaScript() {
  // Emits nothing when there are errors (noEmitOnError), so that what is there is known to be good.
  runOrExit('tsc', ['-p', 'tsconfig.build.json']);
  rmSync(path.join(root, 'dist', 'shared'), { recursive: true, force: true });
  await esbuild.build({
    absWorkingDir: root,
    entryPoints: [
      ...modules.map((module) => ({ in: `entry:${module}`, out: module })),
      ...openings.map((module) => ({ in: path.join('ts', `${module}.ts`), out: module })),
    ],
    outdir: 'dist',
    bundle: true,
    splitting: true,
    chunkNames: 'shared/[name]-[hash]',
    packages: 'external',
    platform: 'node',
    format: 'esm',
    target: 'node20.19',
    sourcemap: true,
    plugins: [entryPoints, builtins],
    logLevel: 'warning',
  });
  copyFileSync(path.join(root, 'ts', 'index.cjs'), path.join(root, 'dist', 'index.cjs'));
}

// The headers that most installations of Node bring along; without them node-gyp downloads them.
function installedHeaders() {
  const prefix = path.dirname(path.dirname(process.execPath));
  return existsSync(path.join(prefix, 'include', 'node', 'node_api.h'))
    ? [`--nodedir=${prefix}`]
    : [];
}

// Never `rebuild`: make knows which objects are out of date, also by their command line.
function buildAddon() {
  const quiet = ['--loglevel=error', ...installedHeaders()];
  const isConfigured = isFresh(path.join('build', 'config.gypi'), configuration);
  if (!onlyMissing || !isConfigured) runOrExit('node-gyp', ['configure', ...quiet]);
  runOrExit('node-gyp', ['build', debug ? '--debug' : '--release', '-j', 'max', ...quiet]);
  // make leaves it as it is when only something irrelevant has changed.
  const now = new Date();
  utimesSync(path.join(root, addon), now, now);
}

const sources = ['ts', 'tsconfig.json', 'tsconfig.build.json'];
if (!onlyMissing || !isFresh(javaScript, sources)) await buildJavaScript();
const nativeSources = ['native/os', 'native/bind', 'native/addon.cc', ...configuration];
if (!javaScriptOnly && !(onlyMissing && isFresh(addon, nativeSources))) buildAddon();
