import { constants } from 'node:os';

const names = new Map(
  Object.entries(constants.signals).map(([name, number]) => [number as number, name]),
);

/** The name of a signal, such as `SIGTERM`; its number where it has none. */
export function signalName(signal: number): string {
  return names.get(signal) ?? `signal ${signal}`;
}
