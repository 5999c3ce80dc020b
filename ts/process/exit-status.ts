import os from 'node:os';

const signalNames = new Map(
  Object.entries(os.constants.signals).map(([name, number]) => [number, name]),
);

/** The name of a signal, such as `SIGTERM`; its number where it has none. */
export function signalName(signal: number): string {
  return signalNames.get(signal) ?? `signal ${signal}`;
}

/** As Python shows an exit code: `0`, `1`, `-SIGKILL`. */
export function describeExitCode(code: number): string {
  return code < 0 ? `-${signalName(-code)}` : String(code);
}

/** What the kernel keeps of an exit code: its low 8 bits. */
export function normalizeExitCode(code: unknown): number {
  return Number(code ?? 0) & 0xff;
}
