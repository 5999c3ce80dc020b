/** The signal in the last argument, which cannot travel; the server puts another in its place. */
export function takeSignal(args: unknown[]): AbortSignal | undefined {
  const last = args.at(-1) as { signal?: unknown } | null | undefined;
  if (typeof last !== 'object' || last === null || !(last.signal instanceof AbortSignal)) return;
  const { signal, ...rest } = last;
  args[args.length - 1] = rest;
  return signal as AbortSignal;
}
