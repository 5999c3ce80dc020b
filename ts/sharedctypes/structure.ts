import { assignReducer, registerReducer } from '../serialization/codec.js';
import { functionWith, remember, uidOf } from '../serialization/functions/function-uids.js';
import { invalidType, outOfRange } from '../validate.js';
import { Memory } from './memory.js';
import { resolveType } from './resolve-type.js';
import { type Layout, layOut, propertyOf } from './structure-fields.js';
import { StructureObject } from './structure-object.js';
import { assignType, StructureType, structureTypeOf } from './structure-type.js';
import { lockMethods } from './synchronized.js';
import type { AnyStructureClass, StructureClass, StructureFields } from './type-specs.js';
import { registerView } from './views.js';

/**
 * A class for structures in memory that processes share, laid out as a C compiler does it. `Value`, `Array` and their
 * kin take it for a type; a field is a property that reads and writes the memory directly. It may be extended, and
 * travels like any class.
 * @param fields - Types by name, in order: a code, another structure, or `[type, length]`. No pointers.
 * @throws TypeError ERR_INVALID_ARG_TYPE; RangeError ERR_OUT_OF_RANGE: a name that a field cannot have
 * @example
 * const Point = Structure({ x: 'd', y: 'd' });
 * const point = Value(Point, { x: 1, y: 2 });
 * point.x += 1;
 * @see Python: `ctypes.Structure`; differs: no bit fields, `_pack_`, unions and pointers.
 */
export function Structure<const F extends StructureFields>(fields: F): StructureClass<F> {
  if (typeof fields !== 'object' || fields === null) {
    throw invalidType('fields', 'an object of types by name', fields);
  }
  const own = Object.freeze({ ...fields });
  const types = Object.entries(own).map(
    ([name, type]) => [validateName(name, own), resolveType(type, `fields.${name}`)] as const,
  );
  return defineClass(layOut(types), own) as unknown as StructureClass<F>;
}

// Arrays of them count their elements, and those with a lock have its methods.
const taken = new Set(['constructor', '__proto__', 'toJSON', ...Object.keys(lockMethods)]);

function validateName(name: string, fields: object): string {
  // Such properties would not keep the order in which they were written.
  const isNumber = /^\d+$/.test(name);
  if (isNumber || taken.has(name)) {
    throw outOfRange('fields', `an object without a field called ${name}`, fields);
  }
  return name;
}

function defineClass(layout: Layout, fields: StructureFields): Function {
  const cls = class Structure extends StructureObject {
    static readonly fields = fields;
    static readonly byteLength = layout.size;
    static readonly byteOffsets = Object.fromEntries(
      layout.fields.map(({ name, offset }) => [name, offset]),
    );

    constructor(values?: unknown) {
      const type = structureTypeOf(new.target)!;
      const place = { memory: Memory.copyOf(new Uint8Array(type.size)), start: 0 };
      super(type, place);
      if (values !== undefined) type.write(place, values, 'values');
    }
  };
  for (const field of layout.fields)
    Object.defineProperty(cls.prototype, field.name, propertyOf(field));
  assignType(cls, new StructureType(layout, cls));
  registerView(cls);
  assignReducer(cls, StructureDefinition);
  // Now: a child that is forked later knows it, too.
  uidOf(cls);
  return cls;
}

/** What the classes themselves travel as: what they were made of, and which of those one it is. */
abstract class StructureDefinition {}

registerReducer<Function, readonly [uid: string, StructureFields]>(
  StructureDefinition as never,
  {
    reduce: (cls) => [uidOf(cls), (cls as AnyStructureClass).fields],
    rebuild: ([uid, fields]) => functionWith(uid) ?? makeAgain(uid, fields),
  },
  { name: 'Structure' },
);

function makeAgain(uid: string, fields: StructureFields): Function {
  const cls = Structure(fields);
  remember(cls, uid);
  return cls;
}
