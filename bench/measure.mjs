/**
 * Times several candidates at the same task in one run: rounds are interleaved, so that a slow
 * moment of the machine falls on all of them alike; the median of the rounds is what counts.
 */

/**
 * @param {Record<string, (() => unknown) | null>} candidates - `null` stands for "cannot do it".
 * @param {{ rounds?: number, roundMs?: number }} [options]
 * @returns {Record<string, { median: number, min: number, max: number } | null>} ns per call.
 */
export function measure(candidates, { rounds = 7, roundMs = 40 } = {}) {
  const running = Object.entries(candidates).filter(([, run]) => run !== null);
  const calls = new Map();
  for (const [name, run] of running) calls.set(name, callsIn(run, roundMs));
  const times = new Map(running.map(([name]) => [name, []]));
  for (let round = 0; round < rounds; round++) {
    for (const [name, run] of running) {
      times.get(name).push(timeOf(run, calls.get(name)));
    }
  }
  return Object.fromEntries(
    Object.keys(candidates).map((name) => [name, summary(times.get(name))]),
  );
}

// What a call returns is kept, or the compiler may find out that nobody wants it.
const sink = { kept: undefined };

function timeOf(run, count) {
  const start = process.hrtime.bigint();
  for (let i = 0; i < count; i++) sink.kept = run();
  return Number(process.hrtime.bigint() - start) / count;
}

/** How many calls fill a round; also warms up. */
function callsIn(run, roundMs) {
  let count = 1;
  for (;;) {
    const ns = timeOf(run, count) * count;
    if (ns > roundMs * 1e6) return count;
    count = Math.ceil(count * Math.min(10, (1.2 * roundMs * 1e6) / (ns + 1)));
  }
}

function summary(times) {
  if (times === undefined) return null;
  const sorted = [...times].sort((a, b) => a - b);
  return {
    median: sorted[Math.floor(sorted.length / 2)],
    min: sorted[0],
    max: sorted.at(-1),
  };
}

/** `1.23 us`, from nanoseconds. */
export function formatTime(ns) {
  if (ns < 1e3) return `${ns.toFixed(0)} ns`;
  if (ns < 1e6) return `${(ns / 1e3).toPrecision(3)} us`;
  return `${(ns / 1e6).toPrecision(3)} ms`;
}

/**
 * Prints a row per task and a column per candidate: median, and how many times the first one's.
 * @param {[string, ReturnType<typeof measure>][]} results
 */
export function printTable(results) {
  const names = Object.keys(results[0][1]);
  const rows = results.map(([task, times]) => [
    task,
    ...names.map((name) => cell(times[name], times[names[0]])),
  ]);
  const table = [['', ...names], ...rows];
  const widths = table[0].map((_, i) => Math.max(...table.map((row) => row[i].length)));
  for (const row of table) {
    console.log(row.map((text, i) => text.padEnd(widths[i])).join('  '));
  }
}

function cell(time, first) {
  if (time === null) return '-';
  const range = `${formatTime(time.min)}..${formatTime(time.max)}`;
  const ratio = (time.median / first.median).toFixed(2);
  return `${formatTime(time.median)} (${range}) x${ratio}`;
}
