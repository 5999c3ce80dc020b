import { BaseProxy } from '../base-proxy.js';
import { registerProxyClass } from '../proxy-classes.js';

/** What a manager has of a segment that its server has made. */
export class SegmentProxy extends BaseProxy {
  static readonly exposed: readonly string[] = ['name'];

  name(): Promise<string> {
    return this._callMethod('name');
  }
}

registerProxyClass('SegmentProxy', SegmentProxy);
