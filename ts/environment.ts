/** What environment variables ask of every process of the program. */

/** Node records which code runs, and writes it down at the end. `node --test` asks for it in this way, too. */
export function recordsCoverage(): boolean {
  return Boolean(process.env['NODE_V8_COVERAGE']);
}
