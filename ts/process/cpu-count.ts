import fs from 'node:fs';
import os from 'node:os';

/**
 * How many CPUs this process may use: those of its affinity mask, or fewer where its cgroup has a
 * smaller quota. At least 1.
 * @see Python: `os.process_cpu_count()`; `multiprocessing.cpu_count()` counts all CPUs of the
 * machine, and knows of no quota.
 */
export function cpuCount(): number {
  return Math.max(1, Math.min(os.availableParallelism(), Math.floor(quotaInCpus())));
}

/** The smallest quota on the way from our cgroup to the root; `Infinity` without one. */
function quotaInCpus(): number {
  let quota = Number.POSITIVE_INFINITY;
  let group = ownGroup();
  while (group !== undefined) {
    quota = Math.min(quota, quotaOf(group));
    group = group === '/' ? undefined : group.slice(0, group.lastIndexOf('/')) || '/';
  }
  return quota;
}

/** The path of our cgroup (version 2), or undefined on systems without. */
function ownGroup(): string | undefined {
  return /^0::(\/.*)$/m.exec(read('/proc/self/cgroup'))?.[1];
}

function quotaOf(group: string): number {
  const [quota, period] = read(`/sys/fs/cgroup${group}/cpu.max`).split(/\s/);
  const cpus = Number(quota) / Number(period);
  return cpus > 0 ? cpus : Number.POSITIVE_INFINITY;
}

function read(file: string): string {
  try {
    return fs.readFileSync(file, 'utf8');
  } catch {
    return '';
  }
}
