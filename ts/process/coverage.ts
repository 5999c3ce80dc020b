/**
 * The code coverage that Node records when NODE_V8_COVERAGE is set, as `node --test` and c8 do: each
 * process writes down at its end what has run in it. A child does so itself, since it leaves by `_exit`.
 */
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import v8 from 'node:v8';
import { recordsCoverage } from '../environment.js';
import { correctCoverage } from '../serialization/pickle.js';
import { type InspectorSession, openSession, post } from './forked/inspector-session.js';

let session: InspectorSession | undefined;

/** Child side of a fork. What was run before counts for the parent alone. */
export function resetCoverage(): void {
  if (!recordsCoverage()) return;
  // As Node itself does it. The counters belong to the engine: taking them sets all to zero. The session
  // stays, because the end of one ends the recording.
  session ??= openSession();
  post(session, 'Profiler.enable');
  post(session, 'Profiler.startPreciseCoverage', { callCount: true, detailed: true });
  post(session, 'Profiler.takePreciseCoverage');
}

/** At the very end of a child. */
export function writeCoverage(): void {
  if (!recordsCoverage()) return;
  v8.takeCoverage();
  const folder = process.env['NODE_V8_COVERAGE']!;
  const own = readdirSync(folder).filter((name) => name.startsWith(`coverage-${process.pid}-`));
  for (const name of own) correct(path.join(folder, name));
}

function correct(file: string): void {
  const coverage = JSON.parse(readFileSync(file, 'utf8'));
  coverage.result = correctCoverage(coverage.result);
  writeFileSync(file, JSON.stringify(coverage));
}
