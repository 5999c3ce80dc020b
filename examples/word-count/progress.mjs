import cliProgress from 'cli-progress';

/**
 * A progress bar on a terminal; nothing elsewhere.
 * @returns {{ add(bytes: number): void, stop(): void }}
 */
export function showProgress(title, totalBytes) {
  if (!process.stderr.isTTY) return { add() {}, stop() {} };
  const bar = new cliProgress.SingleBar({
    format: `${title.padEnd(14)} {bar} {percentage} %`,
    barCompleteChar: '█',
    barIncompleteChar: '░',
    clearOnComplete: true,
    hideCursor: true,
  });
  bar.start(totalBytes, 0);
  return { add: (bytes) => bar.increment(bytes), stop: () => bar.stop() };
}
