/** What all types of values in shared memory can do. */
import type { Place } from './memory.js';

export interface DataType<T = unknown> {
  /** Bytes, as `sizeof` in C. */
  readonly size: number;
  readonly alignment: number;
  /** The value; of what consists of several, an object that shows them. */
  read(place: Place): T;
  /**
   * @param name - What the value is called in errors.
   * @throws TypeError, RangeError: it is no such value, or does not fit.
   */
  write(place: Place, value: unknown, name: string): void;
  /** An object that shows one of them; `synchronized`: of a class that has a lock. */
  view(place: Place, synchronized: boolean): object;
  /** An object that shows so many of them. */
  viewArray(place: Place, length: number, synchronized: boolean): object;
  /**
   * How many elements an array of them has that is to hold these values.
   * @throws TypeError: they are no such values.
   */
  countIn(values: unknown, name: string): number;
  /**
   * Sets so many of them to what is given; what is left over becomes zeros.
   * @throws TypeError, RangeError: these are too many, or no such values.
   */
  writeArray(place: Place, length: number, values: unknown, name: string): void;
}
