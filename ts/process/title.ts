/** What `ps` and `top` show of a process: the program it belongs to, and its name. */
import path from 'node:path';

type Titled = Pick<NodeJS.Process, 'title'>;

/** What a child shows. */
const shown = new WeakMap<Titled, { readonly program: string; readonly title: string }>();

/** The program, for the titles of children: `node`, or what the program has made of `process.title`. */
export function ownProgram(): string {
  const { title } = process;
  const own = shown.get(process);
  if (title === own?.title) return own.program;
  return title === process.argv0 ? path.basename(title) : title;
}

/** In a child: `node: Process-1`. */
export function showTitle(program: string, name: string, self: Titled): void {
  // There it is the title of a window, which is not ours alone.
  if (process.platform === 'win32') return;
  const title = `${program}: ${name}`;
  self.title = title;
  // There is only as much room as the command line of this process took at its start.
  if (self.title !== title) self.title = name;
  shown.set(self, { program, title: self.title });
}
