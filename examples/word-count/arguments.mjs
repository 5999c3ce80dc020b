import { parseArgs } from 'node:util';
import { cpuCount, getAllStartMethods } from 'node-multiprocessing';
import { InputError } from './input-error.mjs';

export const USAGE = `Usage: npm start -- [FOLDER] [--processes N] [--method forkserver|fork|spawn]

Counts the words in all text files of FOLDER (default: the Markdown of the installed packages)
with N processes (default: one per CPU), and compares with one process.`;

const options = {
  processes: { type: 'string', short: 'p' },
  method: { type: 'string', short: 'm' },
  help: { type: 'boolean', short: 'h' },
};

/** @returns {{ folder?: string, processes: number, method?: 'fork' | 'spawn', help?: boolean }} */
export function readArguments() {
  const { values, positionals } = parse();
  const { processes = String(cpuCount()), method, help } = values;
  if (positionals.length > 1) throw new InputError('Expected one folder');
  if (!/^[1-9]\d{0,3}$/.test(processes)) {
    throw new InputError(
      `Expected --processes to be a number from 1 to 9999, received ${processes}`,
    );
  }
  const methods = getAllStartMethods();
  if (method !== undefined && !methods.includes(method)) {
    throw new InputError(`Expected --method to be ${methods.join(' or ')}, received ${method}`);
  }
  return { folder: positionals[0], processes: Number(processes), method, help };
}

function parse() {
  try {
    return parseArgs({ options, allowPositionals: true });
  } catch (error) {
    throw new InputError(error.message, { cause: error });
  }
}
