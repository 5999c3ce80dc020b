/** A debugger: a client of the inspector of another process. */
import { EventEmitter, once } from 'node:events';
import http from 'node:http';
import type { Socket } from 'node:net';

const TEXT = 0x81;
const CLOSE = 0x88;
const MASKED = 0x80;

interface Answer {
  id?: number;
  method?: string;
  params?: object;
  result?: object;
  error?: { message: string };
}

/** Emits the events of the protocol by their names, such as `Debugger.paused`, and `close`. */
export class InspectorClient extends EventEmitter {
  readonly #socket: Socket;
  readonly #waiting = new Map<number, (answer: Answer) => void>();
  #received = Buffer.alloc(0);
  #lastId = 0;

  /** `url`: what `inspector.url()` told there. */
  static async connect(url: string): Promise<InspectorClient> {
    const { hostname, port, pathname } = new URL(url);
    const request = http.get({
      host: hostname,
      port,
      path: pathname,
      headers: {
        Connection: 'Upgrade',
        Upgrade: 'websocket',
        'Sec-WebSocket-Version': 13,
        'Sec-WebSocket-Key': Buffer.alloc(16).toString('base64'),
      },
    });
    const [, socket] = await once(request, 'upgrade');
    return new InspectorClient(socket);
  }

  private constructor(socket: Socket) {
    super();
    this.#socket = socket;
    socket.on('data', (bytes) => this.#read(bytes));
    // How a debugged process that was killed ends the connection.
    socket.on('error', () => {});
    socket.on('close', () => this.emit('close'));
  }

  /** Sends a command, and resolves to its result. */
  // biome-ignore lint/suspicious/noExplicitAny: each command has a result of its own
  post(method: string, params: object = {}): Promise<any> {
    const id = ++this.#lastId;
    this.#write(TEXT, Buffer.from(JSON.stringify({ id, method, params })));
    return new Promise((resolve, reject) => {
      this.#waiting.set(id, ({ result, error }) => {
        if (error !== undefined) reject(new Error(`${method}: ${error.message}`));
        else resolve(result);
      });
    });
  }

  /** The value of an expression there. */
  async evaluate(expression: string): Promise<unknown> {
    const { result } = await this.post('Runtime.evaluate', { expression, returnByValue: true });
    return result.value;
  }

  async close(): Promise<void> {
    if (this.#socket.closed) return;
    const closed = once(this, 'close');
    this.#socket.destroy();
    await closed;
  }

  #read(bytes: Buffer): void {
    this.#received = Buffer.concat([this.#received, bytes]);
    for (let frame = this.#nextFrame(); frame !== undefined; frame = this.#nextFrame()) {
      if (frame.opcode === CLOSE) this.#write(CLOSE, Buffer.alloc(0));
      else this.#handle(JSON.parse(frame.body.toString()));
    }
  }

  #nextFrame(): { opcode: number; body: Buffer } | undefined {
    const data = this.#received;
    if (data.length < 2) return undefined;
    const short = data[1]!;
    const start = short < 126 ? 2 : short === 126 ? 4 : 10;
    if (data.length < start) return undefined;
    const length = start === 2 ? short : data.readUIntBE(start === 4 ? 2 : 4, start === 4 ? 2 : 6);
    if (data.length < start + length) return undefined;
    this.#received = data.subarray(start + length);
    return { opcode: data[0]!, body: data.subarray(start, start + length) };
  }

  #handle(answer: Answer): void {
    const { id, method, params } = answer;
    if (id === undefined) {
      this.emit(method!, params);
      return;
    }
    this.#waiting.get(id)!(answer);
    this.#waiting.delete(id);
  }

  // A mask of zeros leaves the bytes as they are.
  #write(opcode: number, body: Buffer): void {
    const head = Buffer.from([opcode, MASKED | 126, body.length >> 8, body.length & 0xff]);
    this.#socket.write(Buffer.concat([head, Buffer.alloc(4), body]));
  }
}
