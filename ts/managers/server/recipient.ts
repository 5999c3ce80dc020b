import type { Entry } from './object-table.js';

/** A process to which proxies are sent: it holds their objects as soon as they are. */
export abstract class Recipient {
  abstract grant(entry: Entry): void;
  /** As often as proxies have gone that it got. */
  abstract release(id: number, times: number): void;
}
