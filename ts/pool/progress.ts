/** A bar on the terminal that shows how far a call is. */
import type { OnProgress } from './map-job.js';

/** Runs `call`; with the bar if one is wanted, and stderr is a terminal. */
export async function withProgressBar<T>(
  onProgress: OnProgress | undefined,
  isWanted: boolean,
  call: (onProgress: OnProgress | undefined) => Promise<T>,
): Promise<T> {
  if (!isWanted || !process.stderr.isTTY) return call(onProgress);
  const bar = await makeBar();
  try {
    return await call((done, total) => {
      bar.show(done, total);
      onProgress?.(done, total);
    });
  } finally {
    bar.stop();
  }
}

async function makeBar() {
  const { default: cliProgress } = await import('cli-progress');
  const bar = new cliProgress.SingleBar(
    { stream: process.stderr, clearOnComplete: true },
    cliProgress.Presets.shades_classic,
  );
  let isStarted = false;
  return {
    show(done: number, total: number): void {
      if (isStarted) bar.update(done);
      else bar.start(total, done);
      isStarted = true;
    },
    stop: () => bar.stop(),
  };
}
