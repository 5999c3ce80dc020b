/**
 * What a process takes from its parent without asking: its working directory, its environment
 * variables, its umask. A child of the forkserver gets them from its client.
 */
export interface Surroundings {
  readonly cwd: string;
  readonly umask: number;
  readonly environment: Readonly<Record<string, string>>;
}

export function describeSurroundings(): Surroundings {
  return {
    cwd: process.cwd(),
    umask: process.umask(),
    environment: readEnvironment(),
  };
}

/** Copied: reading `process.env` asks the system each time. */
export function readEnvironment(): Record<string, string> {
  return { ...process.env } as Record<string, string>;
}

/**
 * Makes them this process's own.
 * @param present - What `readEnvironment` told in this process; nothing has changed since.
 */
export function enterSurroundings(
  { cwd, umask, environment }: Surroundings,
  present: Readonly<Record<string, string>>,
): void {
  process.umask(umask);
  for (const [name, value] of Object.entries(environment)) {
    if (present[name] !== value) process.env[name] = value;
  }
  for (const name of Object.keys(present)) {
    if (!Object.hasOwn(environment, name)) delete process.env[name];
  }
  enterDirectory(cwd);
}

// It may be gone, or closed to us, by now: the client itself goes on working in such a directory.
function enterDirectory(cwd: string): void {
  if (cwd === process.cwd()) return;
  try {
    process.chdir(cwd);
  } catch (error) {
    process.emitWarning(`The working directory of the parent cannot be entered: ${error}`, {
      code: 'MP_WORKING_DIRECTORY',
      type: 'MultiprocessingWarning',
    });
  }
}
