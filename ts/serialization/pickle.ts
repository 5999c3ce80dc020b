import v8 from 'node:v8';
export async function preparePickle(_value: unknown): Promise<void> {}
export function pickle(value: unknown, _options: object): Uint8Array { return v8.serialize(value); }
