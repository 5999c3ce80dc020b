/** Puts together what is told of one file in several places: whoever reads it may heed the last one only. */

/** As V8 tells what has run. */
export interface ScriptCoverage {
  readonly scriptId: string;
  readonly url: string;
  readonly functions: readonly FunctionCoverage[];
}

export interface FunctionCoverage {
  readonly functionName: string;
  readonly isBlockCoverage: boolean;
  /** The first is the function itself; those that follow are parts of it with other counts. */
  readonly ranges: readonly Range[];
}

export interface Range {
  readonly startOffset: number;
  readonly endOffset: number;
  readonly count: number;
}

export function mergeScripts(scripts: readonly ScriptCoverage[]): ScriptCoverage[] {
  const merged = new Map<string, ScriptCoverage>();
  for (const script of scripts) {
    const { url, scriptId } = script;
    // Code without a file has no place that could be shared.
    const key = url === '' ? scriptId : url;
    const { functions = [] } = merged.get(key) ?? {};
    merged.set(key, { ...script, functions: mergeFunctions([...functions, ...script.functions]) });
  }
  return [...merged.values()];
}

function mergeFunctions(functions: readonly FunctionCoverage[]): FunctionCoverage[] {
  const merged = new Map<string, FunctionCoverage>();
  for (const fn of functions) {
    const { startOffset, endOffset } = fn.ranges[0]!;
    const key = `${startOffset} ${endOffset} ${fn.functionName}`;
    const same = merged.get(key);
    merged.set(key, same === undefined ? fn : add(same, fn));
  }
  return [...merged.values()];
}

function add(a: FunctionCoverage, b: FunctionCoverage): FunctionCoverage {
  const all = { ...a.ranges[0]!, count: a.ranges[0]!.count + b.ranges[0]!.count };
  const bounds = [...a.ranges, ...b.ranges].flatMap((range) => [
    range.startOffset,
    range.endOffset,
  ]);
  const sorted = [...new Set(bounds)].sort((x, y) => x - y);
  const parts = sorted.slice(0, -1).map((startOffset, i) => ({
    startOffset,
    endOffset: sorted[i + 1]!,
    count: countAt(a, startOffset) + countAt(b, startOffset),
  }));
  const ranges = [all, ...parts.filter(({ count }) => count !== all.count)];
  return { ...a, isBlockCoverage: a.isBlockCoverage || b.isBlockCoverage, ranges };
}

/** Ranges inside of others come after them. */
function countAt({ ranges }: FunctionCoverage, offset: number): number {
  return ranges.findLast((range) => range.startOffset <= offset && offset < range.endOffset)!.count;
}
