// Counts the words in all text files of a folder with one process per CPU, and compares that with
// one process. The multiprocessing part is word-count/count-in-processes.mjs.
import { fileURLToPath } from 'node:url';
import { getStartMethod } from 'node-multiprocessing';
import { readArguments, USAGE } from './word-count/arguments.mjs';
import { countInProcesses } from './word-count/count-in-processes.mjs';
import { areEqual, countFile, emptyCounts, topWords } from './word-count/counts.mjs';
import { findFiles } from './word-count/find-files.mjs';
import { InputError } from './word-count/input-error.mjs';
import { showProgress } from './word-count/progress.mjs';
import { warmUp } from './word-count/warm-up.mjs';

const INSTALLED_PACKAGES = fileURLToPath(new URL('../node_modules', import.meta.url));
const TOP = 15;

async function main() {
  const { folder, processes, method = getStartMethod(), help } = readArguments();
  if (help) return console.log(USAGE);
  const files = findFiles(folder ?? INSTALLED_PACKAGES, { onlyMarkdown: folder === undefined });
  warmUp(files);

  const many = await measure(titleOf(processes), files, (onProgress) =>
    countInProcesses(files, { processes, method, onProgress }),
  );
  const one = await measure(titleOf(1), files, (onProgress) => countHere(files, onProgress));

  printWords(folder ?? 'the installed packages', many.counts);
  console.log(`Start method: ${method}`);
  for (const run of [many, one]) printSpeed(run);
  printSpeedUp(one.seconds / many.seconds);
  if (!areEqual(many.counts, one.counts)) {
    throw new Error(`${titleOf(processes)} and ${titleOf(1)} have counted differently`);
  }
}

function titleOf(processes) {
  return processes === 1 ? 'one process' : `${processes} processes`;
}

function countHere(files, onProgress) {
  const counts = emptyCounts();
  for (const { path } of files) {
    const before = counts.bytes;
    countFile(counts, path);
    onProgress(counts.bytes - before);
  }
  return counts;
}

async function measure(title, files, count) {
  const bar = showProgress(
    title,
    files.reduce((sum, { size }) => sum + size, 0),
  );
  try {
    const start = performance.now();
    const counts = await count(bar.add);
    return { title, counts, seconds: (performance.now() - start) / 1000 };
  } finally {
    bar.stop();
  }
}

function printWords(what, counts) {
  const { files, bytes, words, byWord } = counts;
  console.log(`Words in ${what}\n`);
  for (const [word, count] of topWords(counts, TOP)) {
    console.log(`  ${word.padEnd(16)} ${count.toLocaleString('en').padStart(10)}`);
  }
  const [f, b, w, d] = [files, bytes, words, byWord.size].map((n) => n.toLocaleString('en'));
  console.log(`\nFiles: ${f}\nBytes: ${b}\nWords: ${w}, ${d} different`);
}

function printSpeed({ title, counts, seconds }) {
  const filesPerSecond = Math.round(counts.files / seconds).toLocaleString('en');
  const megabytesPerSecond = (counts.bytes / 1e6 / seconds).toFixed(1);
  console.log(
    `${`${title}:`.padEnd(15)} ${seconds.toFixed(3)} s, ${filesPerSecond} files/s, ${megabytesPerSecond} MB/s`,
  );
}

function printSpeedUp(ratio) {
  console.log(`Speed-up: ${ratio.toFixed(2)}`);
  if (ratio < 1)
    console.log('There was too little to count, or the CPUs were busy with other work.');
}

try {
  await main();
} catch (error) {
  const isInput = error instanceof InputError;
  console.error(isInput ? `${error.message}\n\n${USAGE}` : error);
  process.exitCode = isInput ? 2 : 1;
}
