import { invalidType, outOfRange } from '../validate.js';

/** The levels of Python's `logging`, and the two that `multiprocessing` adds. */
export const levels = Object.freeze({
  NOTSET: 0,
  SUBDEBUG: 5,
  DEBUG: 10,
  INFO: 20,
  SUBWARNING: 25,
  WARNING: 30,
  ERROR: 40,
  CRITICAL: 50,
});

/** The name of a level. */
export type LogLevelName = keyof typeof levels;

/** A level: a name, or a number, also one between those that have names. */
export type LogLevel = LogLevelName | number;

/** @throws TypeError, RangeError */
export function toLevel(level: unknown): number {
  if (typeof level === 'number') {
    if (Number.isFinite(level)) return level;
    throw outOfRange('level', 'a finite number', level);
  }
  if (typeof level !== 'string') throw invalidType('level', 'the name or number of a level', level);
  if (!Object.hasOwn(levels, level))
    throw outOfRange('level', `one of ${Object.keys(levels).join(', ')}, or a number`, level);
  return levels[level as LogLevelName];
}

/** As Python's `logging.getLevelName`. */
export function nameOfLevel(level: number): string {
  const [name] = Object.entries(levels).find(([, value]) => value === level) ?? [];
  return name ?? `Level ${level}`;
}
