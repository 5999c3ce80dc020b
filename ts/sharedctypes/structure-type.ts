import { registerReducer } from '../serialization/codec.js';
import { invalidType } from '../validate.js';
import { ArrayType, viewItems } from './array-type.js';
import type { DataType } from './data-type.js';
import { clear, copyBytes, requireRoom, toList, writeElements } from './elements.js';
import type { Place } from './memory.js';
import { behind, type Field, type Layout } from './structure-fields.js';
import { StructureObject } from './structure-object.js';
import { isView, ORIGIN, synchronizedClassOf } from './views.js';

/** A structure as a type: how it is laid out, and of which class its objects are. */
export class StructureType implements DataType<object> {
  readonly size: number;
  readonly alignment: number;
  readonly fields: readonly Field[];
  /** Whose objects are its views. */
  readonly Class: Function;
  readonly #layout: Layout;

  constructor(layout: Layout, cls: Function) {
    this.size = layout.size;
    this.alignment = layout.alignment;
    this.fields = layout.fields;
    this.#layout = layout;
    this.Class = cls;
  }

  /** The same for another class. */
  for(cls: Function): StructureType {
    return new StructureType(this.#layout, cls);
  }

  read(place: Place): object {
    return this.view(place, false);
  }

  view(place: Place, synchronized: boolean): object {
    const cls = synchronized ? synchronizedClassOf(this.Class) : this.Class;
    // Not what a constructor of the program's own would do: that is for new ones.
    return Reflect.construct(StructureObject, [this, place], cls);
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

  write(place: Place, value: unknown, name: string): void {
    const origin = isView(value) ? value[ORIGIN]() : undefined;
    if (origin !== undefined && this.#isSame(origin.type)) {
      copyBytes(origin.place, place, this.size);
      return;
    }
    clear(place, this.size);
    for (const [field, part] of this.#assign(value, name)) {
      field.type.write(behind(place, field.offset), part, `${name}.${field.name}`);
    }
  }

  #isSame(type: DataType): boolean {
    return type instanceof StructureType && type.#layout === this.#layout;
  }

  #assign(value: unknown, name: string): [Field, unknown][] {
    if (typeof value !== 'object' || value === null) {
      throw invalidType(name, `an object or an array of values for ${this.#describe()}`, value);
    }
    if (!(Symbol.iterator in value)) {
      return Object.entries(value).map(([key, part]) => [this.#fieldNamed(key, name), part]);
    }
    const parts = toList(value, name);
    requireRoom(parts.length, this.fields.length, name);
    return Array.from(parts, (part, i) => [this.fields[i]!, part]);
  }

  #fieldNamed(key: string, name: string): Field {
    const field = this.fields.find((each) => each.name === key);
    if (field === undefined) throw invalidType(name, `values for ${this.#describe()}`, key);
    return field;
  }

  #describe(): string {
    return `the fields ${this.fields.map((field) => field.name).join(', ')}`;
  }
}

const types = new WeakMap<Function, StructureType>();

/** From now on the class stands for this type. */
export function assignType(cls: Function, type: StructureType): void {
  types.set(cls, type);
}

/** The type of a class made by `Structure`, or of a subclass; `undefined` for others. */
export function structureTypeOf(cls: Function): StructureType | undefined {
  const known = types.get(cls);
  if (known !== undefined) return known;
  const parent: unknown = Object.getPrototypeOf(cls);
  const type = typeof parent === 'function' ? structureTypeOf(parent)?.for(cls) : undefined;
  if (type !== undefined) assignType(cls, type);
  return type;
}

registerReducer<StructureType, Function>(
  StructureType,
  { reduce: (type) => type.Class, rebuild: (cls) => structureTypeOf(cls)! },
  { name: 'StructureType' },
);
