import { describe } from 'vitest';
export function describeStartMethods(name: string, body: (method: 'fork' | 'spawn') => void): void {
  for (const method of ['fork', 'spawn'] as const) describe(`${name} (${method})`, () => body(method));
}
