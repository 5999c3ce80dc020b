import type { ReducedFunction } from '../function-codec.js';

/** Collects the slots of a function, each with what it is for an error message. */
export class SlotList {
  readonly slots: unknown[] = [];
  readonly slotNames: string[] = [];

  /** @returns The index that the head refers to. */
  add(value: unknown, name: string): number {
    this.slotNames.push(name);
    return this.slots.push(value) - 1;
  }

  reduced(
    head: unknown,
    description: string,
    adviceOn?: ReducedFunction['adviceOn'],
  ): ReducedFunction {
    const { slots, slotNames } = this;
    return { head, slots, slotNames, description, adviceOn };
  }
}
