/** Milliseconds of a clock that all processes have in common, as many as fit into a word. */
export function sharedClock(): number {
  const [seconds, nanoseconds] = process.hrtime();
  return (seconds * 1000 + Math.floor(nanoseconds / 1e6)) | 0;
}
