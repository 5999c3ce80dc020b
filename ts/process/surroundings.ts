/**
 * What a process takes from its parent without asking: its working directory, its environment
 * variables, its umask. A child of the forkserver gets them from its client.
 */
export interface Surroundings {
  readonly cwd: string;
  readonly umask: number;
  /** As JSON, which can be compared as a whole: it is seldom another than the server's. */
  readonly environment: string;
}

export function describeSurroundings(): Surroundings {
  return {
    cwd: process.cwd(),
    umask: process.umask(),
    environment: readEnvironment(),
  };
}

/** As JSON. */
export function readEnvironment(): string {
  return JSON.stringify(process.env);
}

/**
 * Makes them this process's own.
 * @param present - What `readEnvironment` told in this process; nothing has changed since.
 */
export function enterSurroundings(
  { cwd, umask, environment }: Surroundings,
  present: string,
): void {
  process.umask(umask);
  if (environment !== present) enterEnvironment(JSON.parse(environment), JSON.parse(present));
  enterDirectory(cwd);
}

type Environment = Readonly<Record<string, string>>;

function enterEnvironment(wanted: Environment, present: Environment): void {
  for (const [name, value] of Object.entries(wanted)) {
    if (present[name] !== value) process.env[name] = value;
  }
  for (const name of Object.keys(present)) {
    if (!Object.hasOwn(wanted, name)) delete process.env[name];
  }
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
