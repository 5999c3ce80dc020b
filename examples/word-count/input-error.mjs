/** Says in one line what is wrong with the arguments or the files. */
export class InputError extends Error {}

/** @returns The error for a file or folder that the system does not let us read. */
export function unreadable(name, cause) {
  return new InputError(reasonFor(name, cause), { cause });
}

function reasonFor(name, { code, message }) {
  if (code === 'ENOENT') return `${name} does not exist`;
  if (code === 'ENOTDIR') return `${name} is not a folder`;
  return `${name} cannot be read: ${message}`;
}
