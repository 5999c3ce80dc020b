import { registerReducer } from '../serialization/codec.js';
import type { DataType } from './data-type.js';
import { toList, writeElements } from './elements.js';
import { SharedItems } from './items.js';
import type { Place } from './memory.js';
import { synchronizedClassOf } from './views.js';

/** So many of another type, one after the other. */
export class ArrayType implements DataType<object> {
  readonly element: DataType;
  readonly length: number;
  readonly size: number;
  readonly alignment: number;

  constructor(element: DataType, length: number) {
    this.element = element;
    this.length = length;
    this.size = element.size * length;
    this.alignment = element.alignment;
  }

  read(place: Place): object {
    return this.view(place, false);
  }

  write(place: Place, values: unknown, name: string): void {
    this.element.writeArray(place, this.length, values, name);
  }

  view(place: Place, synchronized: boolean): object {
    return this.element.viewArray(place, this.length, synchronized);
  }

  viewArray(place: Place, length: number, synchronized: boolean): object {
    return viewItems(new ArrayType(this, length), place, synchronized);
  }

  countIn(values: unknown, name: string): number {
    return toList(values, name).length;
  }

  writeArray(place: Place, length: number, values: unknown, name: string): void {
    writeElements(this, place, length, values, name);
  }
}

/** An array of what consists of several values. */
export function viewItems(type: ArrayType, place: Place, synchronized: boolean): object {
  const cls = synchronized ? synchronizedClassOf(SharedItems) : SharedItems;
  return new cls(type, place);
}

registerReducer<ArrayType, readonly [DataType, number]>(
  ArrayType,
  {
    reduce: ({ element, length }) => [element, length],
    rebuild: ([element, length]) => new ArrayType(element, length),
  },
  { name: 'ArrayType' },
);
