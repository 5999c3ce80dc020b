import { outOfRange, validateInteger } from '../../validate.js';

/** Any index; negative ones count from the end. @throws TypeError, RangeError */
export function validateIndex(index: unknown): number {
  return validateInteger('index', index, { min: Number.MIN_SAFE_INTEGER });
}

/**
 * The place that an index means.
 * @param what - What holds items, for the message.
 * @throws RangeError ERR_OUT_OF_RANGE: there is no such place.
 */
export function placeOf(index: number, length: number, what: string): number {
  validateIndex(index);
  const place = index < 0 ? index + length : index;
  if (place >= 0 && place < length) return place;
  throw outOfRange('index', `within ${what}`, index);
}
