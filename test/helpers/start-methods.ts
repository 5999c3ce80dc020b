import { describe } from 'vitest';
import { getContext } from '../../ts/contexts.js';
import type { StartMethod } from '../../ts/process/this-process.js';

const methods: readonly StartMethod[] = ['forkserver', 'fork', 'spawn'];

/** Why a start method cannot be used here; undefined when it can. */
export function whyUnsupported(method: StartMethod): string | undefined {
  try {
    getContext(method);
    return undefined;
  } catch (error) {
    return (error as Error).message;
  }
}

/**
 * Runs the same tests once for each start method. Where one is not supported they are skipped, and the
 * reason stands in the name.
 */
export function describeStartMethods(
  name: string,
  body: (method: StartMethod) => void,
  reasonToSkip: (method: StartMethod) => string | undefined = whyUnsupported,
): void {
  for (const method of methods) {
    const reason = reasonToSkip(method);
    if (reason === undefined) describe(`${name} (${method})`, () => body(method));
    else describe.skip(`${name} (${method}, skipped: ${reason})`, () => body(method));
  }
}
