import { inspect } from 'node:util';
import type { DataType } from './data-type.js';
import type { Place } from './memory.js';
import { ORIGIN, type Origin } from './views.js';

/** The type of a structure, as its objects know it. */
export interface StructureLayout extends DataType {
  readonly fields: readonly { readonly name: string }[];
}

/** What all structures have in common. */
export class StructureObject {
  readonly #type: StructureLayout;
  readonly #place: Place;

  /** Without any object: this is what each field asks first. */
  static placeOf(object: StructureObject): Place {
    return object.#place;
  }

  constructor(type: StructureLayout, place: Place) {
    this.#type = type;
    this.#place = place;
  }

  toJSON(): Record<string, unknown> {
    const object = this as unknown as Record<string, unknown>;
    return Object.fromEntries(this.#type.fields.map(({ name }) => [name, object[name]]));
  }

  [ORIGIN](): Origin {
    return { type: this.#type, place: this.#place };
  }

  [inspect.custom](_depth: number, options: object): string {
    return `${this.constructor.name} ${inspect(this.toJSON(), options)}`;
  }
}
