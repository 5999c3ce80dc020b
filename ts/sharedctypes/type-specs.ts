/** What programs call the types of shared memory, and what TypeScript knows about the values. */
import type { CharacterArray, WideCharacterArray } from './characters.js';
import type { SharedItems } from './items.js';
import type { NumberArrayOf, NumberCode, NumberOf, TypeCode } from './type-codes.js';

/** A type in shared memory: a code, a class made by `Structure`, or so many of another type. */
export type SharedType = TypeCode | AnyStructureClass | readonly [SharedType, length: number];

/** A class made by `Structure`, or a subclass. */
export interface AnyStructureClass {
  new (values?: never): object;
  readonly fields: StructureFields;
}

/** The fields of a structure and their types, in the order in which they stand in memory. */
export type StructureFields = { readonly [name: string]: SharedType };

/** A class whose objects show a structure in memory. */
export interface StructureClass<F extends StructureFields> {
  /** One that is not shared, of zeros or of these values. */
  new (values?: StructureInit<F>): StructureOf<F>;
  /** Its size, as C's `sizeof` has it. */
  readonly byteLength: number;
  /** Where each field begins. */
  readonly byteOffsets: { readonly [N in keyof F]: number };
  /** What it was made of. */
  readonly fields: F;
}

/** The fields, as they are read. */
export type StructureOf<F extends StructureFields> = { -readonly [N in keyof F]: ElementOf<F[N]> };

/** Values for some fields by name, or for the first ones in order. */
export type StructureInit<F extends StructureFields> =
  | { readonly [N in keyof F]?: InitOf<F[N]> }
  | readonly InitOf<F[keyof F]>[];

/** An array in shared memory whose elements are of this type. */
export type ArrayOf<T extends SharedType> = T extends NumberCode
  ? NumberArrayOf<T>
  : T extends 'c'
    ? CharacterArray
    : T extends 'u'
      ? WideCharacterArray
      : SharedItems<ElementOf<T>>;

/** An element of such an array, or a field: numbers and characters as such, others as objects that show the memory. */
export type ElementOf<T extends SharedType> = T extends NumberCode
  ? NumberOf<T>
  : T extends 'c'
    ? Buffer
    : T extends 'u'
      ? string
      : T extends readonly [infer E extends SharedType, number]
        ? ArrayOf<E>
        : T extends abstract new (
              ...args: never[]
            ) => infer S
          ? S
          : never;

/** What such an element or field can be set to. */
export type InitOf<T extends SharedType> = T extends NumberCode
  ? NumberOf<T>
  : T extends 'c'
    ? Uint8Array | string
    : T extends 'u'
      ? string
      : T extends readonly [infer E extends SharedType, number]
        ? ArrayInitOf<E>
        : T extends { readonly fields: infer F extends StructureFields }
          ? StructureInit<F>
          : never;

/** The values that such an array can begin with. */
export type ArrayInitOf<T extends SharedType> = T extends 'c'
  ? Uint8Array | string
  : T extends 'u'
    ? string
    : Iterable<InitOf<T>>;
