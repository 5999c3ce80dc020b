import { describe } from 'vitest';
import { native } from '../../ts/native/binding.js';
import type { StartMethod } from '../../ts/process/this-process.js';

const methods: readonly StartMethod[] = ['forkserver', 'fork', 'spawn'];

/**
 * Why a start method cannot be used here; undefined when it can. As getContext() has it, which would import the
 * whole library into each file of tests.
 */
export function whyUnsupported(method: StartMethod): string | undefined {
  if (method === 'spawn') return undefined;
  if (process.platform !== 'linux') return `no fork on ${process.platform}`;
  return native.forkSupport?.()?.message;
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
