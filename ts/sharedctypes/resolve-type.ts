import { validateInteger } from '../validate.js';
import { ArrayType } from './array-type.js';
import { characterType } from './character-types.js';
import type { DataType } from './data-type.js';
import { numberType } from './number-type.js';
import { structureTypeOf } from './structure-type.js';
import { indexOfCode, refuseType } from './type-codes.js';

/**
 * What programs call a type, resolved.
 * @param name - What it is called in errors.
 * @throws TypeError, RangeError
 */
export function resolveType(type: unknown, name: string): DataType {
  if (Array.isArray(type) && type.length === 2) {
    const element = resolveType(type[0], `${name}[0]`);
    return new ArrayType(element, validateInteger(`${name}[1]`, type[1]));
  }
  return typeOfClass(type) ?? typeOfCode(type) ?? refuseType(name, type);
}

function typeOfClass(type: unknown): DataType | undefined {
  return typeof type === 'function' ? structureTypeOf(type) : undefined;
}

function typeOfCode(code: unknown): DataType | undefined {
  if (code === 'c' || code === 'u') return characterType(code);
  const index = indexOfCode(code);
  return index === undefined ? undefined : numberType(index);
}
