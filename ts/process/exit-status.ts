import { signalName } from '../native/signal-names.js';

/** As Python shows an exit code: `0`, `1`, `-SIGKILL`. */
export function describeExitCode(code: number): string {
  return code < 0 ? `-${signalName(-code)}` : String(code);
}

/** What the kernel keeps of an exit code: its low 8 bits. */
export function normalizeExitCode(code: unknown): number {
  return Number(code ?? 0) & 0xff;
}
