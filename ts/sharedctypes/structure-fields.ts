/** The fields of structures: where they stand, and the properties that show them. */
import type { DataType } from './data-type.js';
import type { Place } from './memory.js';
import { NumberType } from './number-type.js';
import { StructureObject } from './structure-object.js';

export interface Field {
  readonly name: string;
  readonly type: DataType;
  readonly offset: number;
}

export interface Layout {
  readonly fields: readonly Field[];
  readonly size: number;
  readonly alignment: number;
}

const roundUp = (offset: number, alignment: number): number =>
  Math.ceil(offset / alignment) * alignment;

/** As a C compiler does it: each field at a multiple of its alignment, the whole a multiple of the largest. */
export function layOut(types: readonly (readonly [name: string, DataType])[]): Layout {
  let end = 0;
  let alignment = 1;
  const fields = types.map(([name, type]) => {
    const offset = roundUp(end, type.alignment);
    end = offset + type.size;
    alignment = Math.max(alignment, type.alignment);
    return { name, type, offset };
  });
  return { fields, size: roundUp(end, alignment), alignment };
}

const { placeOf } = StructureObject;

export function propertyOf(field: Field): PropertyDescriptor {
  const access = field.type instanceof NumberType ? numberAccess(field) : valueAccess(field);
  return { ...access, enumerable: true, configurable: true };
}

/** As direct as possible: this is what programs do in their loops. */
function numberAccess({ type, offset }: Field): PropertyDescriptor {
  const { index, size } = type as NumberType;
  return {
    get(this: StructureObject) {
      const { memory, start } = placeOf(this);
      return memory.numbers(index)[(start + offset) / size];
    },
    set(this: StructureObject, value: number) {
      const { memory, start } = placeOf(this);
      memory.numbers(index)[(start + offset) / size] = value;
    },
  };
}

function valueAccess({ name, type, offset }: Field): PropertyDescriptor {
  return {
    get(this: StructureObject) {
      return type.read(behind(placeOf(this), offset));
    },
    set(this: StructureObject, value: unknown) {
      type.write(behind(placeOf(this), offset), value, name);
    },
  };
}

export function behind({ memory, start }: Place, offset: number): Place {
  return { memory, start: start + offset };
}
